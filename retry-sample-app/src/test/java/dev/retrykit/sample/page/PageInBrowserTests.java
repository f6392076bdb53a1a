package dev.retrykit.sample.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Verdict;
import dev.retrykit.sample.Shop;
import dev.retrykit.sample.ShopTest;
import dev.retrykit.spring.actuate.FailureCounts;
import java.net.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The page of the endpoint, looked at and clicked at in Chromium while the shop is at work. */
@Tag("server")
@ShopTest
class PageInBrowserTests {

    private static final String CARD = "li[data-of='circuits inventory']";

    @Autowired
    private Shop shop;

    @Autowired
    private FailureCounts counts;

    @LocalServerPort
    private int port;

    @BeforeEach
    void traffic() {
        shop.post("/actuator/retry/circuits/inventory", "{\"state\":\"CLOSED\"}");
        shop.post("/faults/inventory", "{\"failureRate\":0.3}");
        for (int order = 0; order < 30; order++) {
            shop.get("/orders/apple");
        }
    }

    @AfterEach
    void mend() {
        shop.post("/faults/inventory/reset", "");
        shop.post("/actuator/retry/circuits/inventory", "{\"state\":\"CLOSED\"}");
    }

    private Browser open(int width, int height, String scheme) {
        Browser browser = Browser.open("http://localhost:" + port + "/actuator/retry", width, height, scheme);
        browser.waitFor("cards", page -> page.count("#policies li") > 0 && page.count("#circuits li") == 2);
        return browser;
    }

    private void openTheCircuit() {
        shop.post("/faults/inventory", "{\"failureRate\":1}");
        // it concludes nothing from less than a second
        for (int order = 0; order < 5_000 && !state().equals("OPEN"); order++) {
            shop.get("/orders/apple");
        }
    }

    @Test
    void showsAnOpenCircuitFirstAndCountsDownToItsProbe() {
        openTheCircuit();
        try (Browser browser = open(1280, 1000, "light")) {
            assertThat(browser.text("#circuits li:nth-child(1) h3")).isEqualTo("inventory");
            assertThat(browser.text(CARD + " .state")).isEqualTo("OPEN");
            assertThat(browser.text("#summary")).isEqualTo("1 circuit is open");
            String before = browser.text(CARD + " .probe");
            assertThat(before).startsWith("Next probe in ");
            browser.waitFor(
                    "the countdown", page -> !page.text(CARD + " .probe").equals(before));
            assertThat(browser.count("#circuits svg.spark polyline")).isEqualTo(2);
            browser.picture("open-light");
            assertThat(browser.complaints()).isEmpty();
        }
        try (Browser browser = open(1280, 1000, "dark")) {
            browser.picture("open-dark");
        }
        try (Browser browser = open(360, 1600, "light")) {
            browser.picture("open-narrow");
            assertThat(browser.run("return document.documentElement.scrollWidth"))
                    .as("nothing sticks out at 360 px")
                    .isEqualTo(360L);
        }
    }

    @Test
    void aCircuitIsForcedOpenByAClickAfterAQuestion() {
        try (Browser browser = open(1280, 1000, "light")) {
            browser.find("button[aria-label='Force open: circuit inventory']").click();
            assertThat(browser.text("#confirm-title")).isEqualTo("Force open: inventory?");
            browser.picture("question");
            browser.find("#confirm button[value=no]").click();
            assertThat(state()).isEqualTo("CLOSED");

            browser.find("button[aria-label='Force open: circuit inventory']").click();
            browser.find("#duration option[value='10m']").click();
            browser.find("#confirm-yes").click();
            browser.waitFor("the answer", page -> page.text("#notice").contains("is now FORCED_OPEN"));
            assertThat(state()).isEqualTo("FORCED_OPEN");
            assertThat(Shop.json(shop.get("/actuator/retry/circuits/inventory")))
                    .extractingPath("$.nextProbeInMs")
                    .asNumber()
                    .satisfies(left -> assertThat(left.longValue()).isBetween(500_000L, 600_000L));
            browser.waitFor("the card", page -> page.text(CARD + " .state").equals("FORCED_OPEN"));
            assertThat(browser.text(CARD + " .probe")).startsWith("Next probe in 9 min");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void theKeyboardIsEnough() {
        try (Browser browser = open(1280, 1000, "light")) {
            browser.find("button[aria-label='Disable: circuit inventory']").sendKeys(Keys.ENTER);
            browser.press(Keys.TAB, Keys.TAB);
            assertThat(browser.run("return document.activeElement.id")).isEqualTo("confirm-yes");
            browser.press(Keys.ENTER);
            browser.waitFor("the answer", page -> page.text("#notice").contains("is now DISABLED"));
            assertThat(state()).isEqualTo("DISABLED");
        }
    }

    @Test
    void settingsAreShownOnDemandAndStayOpenWhileTheRestGoesOn() {
        try (Browser browser = open(1280, 1000, "light")) {
            browser.find("#policies li:nth-child(1) summary").click();
            browser.waitFor("settings", page -> page.count("#policies details[open] tr") > 10);
            assertThat(browser.text("#policies details[open] table"))
                    .contains("max-attempts")
                    .contains("application.yml");
            Object drawn = browser.run("return receivedAt");
            browser.waitFor(
                    "the next report", page -> !page.run("return receivedAt").equals(drawn));
            assertThat(browser.count("#policies details[open] tr")).isGreaterThan(10);
        }
    }

    static class SoldOut extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** As many as there can be, and texts that would be more than text if they were parsed. */
    private void failures() {
        counts.onFailure("inventory", new IllegalStateException("odd"), Verdict.unknown());
        counts.onFailure("inventory", new RuntimeException(new SoldOut()), Verdict.unknown());
        for (int rule = 0; rule < 250; rule++) {
            String line = "com.acme.Api" + rule + "Exception: code(getError.getCode: BUSY|OVERLOADED) = transient,"
                    + " status(getCode, getResponseHeaders)<img src=x onerror=document.title='forged'>";
            counts.onFailure(
                    "inventory",
                    new ConnectException("down"),
                    Verdict.retryable().by(line));
        }
    }

    @Test
    void whatNothingKnowsIsFirstAmongTheFailuresAndTheListIsBounded() {
        failures();
        try (Browser browser = open(1280, 1000, "light")) {
            browser.waitFor("failures", page -> page.count("#failures-rows tr") == 200);
            assertThat(browser.text("#failures-rows tr:nth-child(1)"))
                    .contains("java.lang.IllegalStateException")
                    .contains("unknown");
            assertThat(browser.count("#failures-rows tr.unknown")).isEqualTo(2);
            assertThat(browser.text("#failures-rows tr:nth-child(1)"))
                    .contains("says(part of the message) = transient");
            assertThat(browser.text("#failures-rows tr:nth-child(2)"))
                    .contains("java.lang.RuntimeException")
                    .contains("caused by " + SoldOut.class.getName())
                    .contains("No rule. If a retry can help, declare retrykit.failures.[" + SoldOut.class.getName()
                            + "]: transient, or let a class of your own implement RetryHint.");
            browser.find("#meanings summary").click();
            assertThat(browser.text("#meanings")).contains("the attempt may have had its effect");
            browser.find("#meanings summary").click();
            assertThat(browser.text("#failures-note"))
                    .startsWith("No rule covers 2 classes of failures")
                    .contains("more attempts failed in other ways than the listed 200.");
            assertThat(browser.run("return document.getElementById('failures-scroll').offsetHeight <= 400"))
                    .isEqualTo(true);
            assertThat(browser.count("#failures-rows img")).isZero();
            assertThat(browser.find("#failures-rows").getText()).contains("<img src=x");
            Object row = browser.run("return window.kept = document.querySelector('#failures-rows tr')");
            Object drawn = browser.run("return receivedAt");
            browser.waitFor(
                    "the next report", page -> !page.run("return receivedAt").equals(drawn));
            assertThat(row).isNotNull();
            assertThat(browser.run("return window.kept === document.querySelector('#failures-rows tr')"))
                    .as("rows stay what they are")
                    .isEqualTo(true);
            browser.run("document.getElementById('failures').scrollIntoView()");
            browser.picture("failures-light");
            browser.find("#search").sendKeys("illegalstate");
            browser.waitFor("the search", page -> page.count("#failures-rows tr") == 1);
            assertThat(browser.text("#failures-count")).isEqualTo("1 of 200");
            assertThat(browser.run("return document.title")).isEqualTo("Retries");
            assertThat(browser.complaints()).isEmpty();
        }
        try (Browser browser = open(1280, 1000, "dark")) {
            browser.waitFor("failures", page -> page.count("#failures-rows tr") == 200);
            browser.run("document.getElementById('failures').scrollIntoView()");
            browser.picture("failures-dark");
        }
        try (Browser browser = open(400, 900, "light")) {
            browser.waitFor("failures", page -> page.count("#failures-rows tr") == 200);
            browser.run("document.getElementById('failures').scrollIntoView()");
            browser.picture("failures-narrow");
            assertThat(browser.run("return document.documentElement.scrollWidth"))
                    .as("nothing sticks out at 400 px")
                    .isEqualTo(400L);
        }
    }

    @Test
    void aPauseStopsIt() {
        try (Browser browser = open(1280, 1000, "light")) {
            browser.find("#pause").click();
            assertThat(browser.find("#pause").getDomAttribute("aria-pressed")).isEqualTo("true");
            assertThat(browser.text("#pause")).isEqualTo("Resume");
            browser.waitFor(
                    "the end of what was asked for",
                    page -> page.run("return timer").equals(0L));
            browser.find("#pause").click();
            browser.waitFor("that it goes on", page -> !page.run("return timer").equals(0L));
        }
    }

    @Test
    void withinAnotherPageThereIsNothingToClick() {
        try (Browser browser = Browser.open("http://localhost:" + port + "/", 1280, 1000, "light")) {
            browser.run("""
                    const frame = document.createElement('iframe');
                    frame.src = '/actuator/retry';
                    document.body.append(frame);
                    window.framed = selector => frame.contentDocument.querySelectorAll(selector).length;
                    """);
            browser.waitFor(
                    "cards", page -> page.run("return framed('#circuits li')").equals(2L));
            assertThat(browser.run("return framed('#circuits button')")).isEqualTo(0L);
        }
    }

    private String state() {
        return String.valueOf(com.jayway.jsonpath.JsonPath.<String>read(
                shop.get("/actuator/retry/circuits/inventory").body(), "$.state"));
    }
}
