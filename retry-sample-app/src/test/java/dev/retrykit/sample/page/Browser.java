package dev.retrykit.sample.page;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Chromium with nobody in front of it. Its pictures go to {@code target/pictures}. */
final class Browser implements AutoCloseable {

    private static final Path PICTURES = Path.of("target", "pictures");

    /** One Chromium for all pages, one after the other: it takes seconds to start. Null until a page is opened. */
    private static ChromeDriver shared;

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Opens an address, if there is a browser at all: without one the test is skipped, and says so. */
    static Browser open(String url, int width, int height, String scheme) {
        File chromium = new File("/usr/bin/chromium");
        File chromedriver = new File("/usr/bin/chromedriver");
        assumeTrue(
                chromium.canExecute() && chromedriver.canExecute(),
                "no Chromium here: the page is not looked at (install chromium and chromium-driver)");
        ChromeDriver driver = shared == null ? start(chromium, chromedriver) : shared;
        shared = driver;
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", new Object[] {Map.of("name", "prefers-color-scheme", "value", scheme)}));
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        driver.manage().window().setSize(new Dimension(Math.max(width, 500), height));
        driver.get(url);
        return new Browser(driver);
    }

    private static ChromeDriver start(File chromium, File chromedriver) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium);
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        ChromeDriver driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(chromedriver)
                        .usingAnyFreePort()
                        .build(),
                options);
        Runtime.getRuntime().addShutdownHook(new Thread(driver::quit));
        return driver;
    }

    /** Waits until something is as it should be. */
    void waitFor(String what, Predicate<Browser> asItShouldBe) {
        new WebDriverWait(driver, Duration.ofSeconds(20), Duration.ofMillis(50))
                .ignoring(StaleElementReferenceException.class)
                .withMessage(() -> what + ", but there was: " + text("body") + complaints())
                .until(any -> asItShouldBe.test(this));
    }

    /** Keys, to whatever has the focus. */
    void press(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
    }

    WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    int count(String selector) {
        return driver.findElements(By.cssSelector(selector)).size();
    }

    String text(String selector) {
        return find(selector).getText();
    }

    Object run(String script) {
        return driver.executeScript(script);
    }

    /** What the page has complained about, refusals of its content security policy among it. */
    String complaints() {
        StringBuilder all = new StringBuilder();
        driver.manage()
                .logs()
                .get(LogType.BROWSER)
                .forEach(entry -> all.append(entry.getMessage()).append('\n'));
        return all.toString();
    }

    void picture(String name) {
        try {
            Files.createDirectories(PICTURES);
            Files.write(PICTURES.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Leaves the page, and forgets what it complained about. */
    @Override
    public void close() {
        driver.get("about:blank");
        complaints();
    }
}
