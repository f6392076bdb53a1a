package dev.retrykit.sample.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Retry;
import dev.retrykit.sample.ShopTest;
import dev.retrykit.spring.registry.Retries;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfiguration;

/** Two hundred policies, one of them with an unfriendly name: the page stays readable. */
@Tag("server")
@ShopTest
@ContextConfiguration(initializers = ManyPoliciesTests.Many.class)
class ManyPoliciesTests {

    private static final String UNFRIENDLY = "<img src onerror>&amp\"quoted\"";

    static class Many implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            List<String> properties = new ArrayList<>();
            for (int i = 1; i <= 200; i++) {
                properties.add("retrykit.policies.service-" + i + ".max-attempts=" + (2 + i % 4));
            }
            properties.add("retrykit.policies.[" + UNFRIENDLY + "].max-attempts=2");
            TestPropertyValues.of(properties).applyTo(context);
        }
    }

    @Autowired
    private Retries retries;

    @LocalServerPort
    private int port;

    @Test
    void troubleComesFirstAndASearchFindsTheRest() {
        fail(retries.get("service-77"));
        fail(retries.get(UNFRIENDLY));
        try (Browser browser = Browser.open("http://localhost:" + port + "/actuator/retry", 1280, 1000, "light")) {
            browser.waitFor("cards", page -> page.count("#policies li") > 200);
            assertThat(List.of(
                            browser.text("#policies li:nth-child(1) h3"), browser.text("#policies li:nth-child(2) h3")))
                    .containsExactlyInAnyOrder("service-77", UNFRIENDLY);
            browser.picture("many");
            browser.find("#search").sendKeys("service-19");
            browser.waitFor("the search", page -> page.count("#policies li") == 11);
            assertThat(browser.text("#policies-count")).startsWith("11 of ");
            browser.picture("many-searched");
            browser.find("#search").clear();
            browser.find("#search").sendKeys("nobody");
            browser.waitFor("nothing", page -> page.text("#policies-empty").equals("No matches."));
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static void fail(Retry retry) {
        for (int call = 0; call < 3; call++) {
            try {
                retry.call(() -> {
                    throw new ConnectException("refused");
                });
            } catch (ConnectException expected) {
                // that is the trouble
            }
        }
    }
}
