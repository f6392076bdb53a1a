package dev.retrykit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import dev.retrykit.annotation.Backoff;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What a user reads when an application doesn't start. */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTests {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(UnknownPolicy.class)
    static class ShopWithUnknownPolicy {}

    static class UnknownPolicy {

        @Retryable("inventroy")
        public String stock(String sku) {
            return sku;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(UnreadableDuration.class)
    static class ShopWithUnreadableDuration {}

    static class UnreadableDuration {

        @Retryable(backoff = @Backoff(delay = "200 parsecs"))
        public String stock(String sku) {
            return sku;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(WrongFallback.class)
    static class ShopWithWrongFallback {}

    static class WrongFallback {

        @Retryable(fallback = "cached")
        public String stock(String sku) {
            return sku;
        }

        private String cached(int number) {
            return "";
        }
    }

    private static void start(Class<?> shop, String yml, String... properties) {
        assertThatException()
                .isThrownBy(() -> new SpringApplicationBuilder(shop)
                        .web(WebApplicationType.NONE)
                        .bannerMode(Banner.Mode.OFF)
                        .initializers(Apps.yml(yml))
                        .properties(properties)
                        .run());
    }

    private static void assertReads(CapturedOutput output, String description, String action) {
        String read = output.getOut()
                .lines()
                .dropWhile(line -> !line.equals("Description:"))
                .collect(Collectors.joining("\n"));
        assertThat(read).isEqualTo("Description:\n\n" + description + "\n\nAction:\n\n" + action + "\n");
        assertThat(output.getOut()).contains("APPLICATION FAILED TO START").doesNotContain("\tat ");
    }

    @Test
    void aMisspelledKey(CapturedOutput output) {
        start(Shop.class, "", "spring.config.name=misspelled");

        assertReads(
                output,
                "'retrykit.policies.inventory.max-attemps' (class path resource [misspelled.yml] - 7:20) is not a"
                        + " known key. 'retrykit.policies.inventory' has no key 'max-attemps'. Did you mean"
                        + " 'max-attempts'?",
                "Correct or remove the key. With retrykit.strict=false, an unknown key is only a warning.");
    }

    @Test
    void anUnknownPolicyName(CapturedOutput output) {
        start(ShopWithUnknownPolicy.class, "retrykit.policies: { inventory:, payments: }");

        assertReads(
                output,
                "@Retryable on UnknownPolicy.stock(String) names the policy 'inventroy', which is not configured."
                        + " Did you mean 'inventory'?",
                "Correct the name, or configure retrykit.policies.inventroy.");
    }

    @Test
    void anUnreadableDuration(CapturedOutput output) {
        start(Shop.class, "retrykit.policies.inventory.attempt-timeout: soon");

        assertReads(
                output,
                "'retrykit.policies.inventory.attempt-timeout' = 'soon'"
                        + " (Byte array resource [application.yml] - 1:46) is invalid: it must be a duration such"
                        + " as 100ms, 2s, 5m or PT2S.",
                "Correct the value.");
    }

    @Test
    void anUnreadableDurationInAnAnnotation(CapturedOutput output) {
        start(ShopWithUnreadableDuration.class, "");

        assertReads(
                output,
                "@Retryable on UnreadableDuration.stock(String): backoff.delay = '200 parsecs' is invalid: it must"
                        + " be a duration such as 100ms, 2s, 5m or PT2S.",
                "Correct the value.");
    }

    @Test
    void aCapBelowTheDelay(CapturedOutput output) {
        start(Shop.class, """
                retrykit:
                  policies:
                    inventory:
                      backoff:
                        delay: 10s
                        max-delay: 5s
                """);

        assertReads(output, """
                Invalid settings for retrykit.policies.inventory: backoff.max-delay must not be below\
                 backoff.delay, 10s, but was 5s.

                    retrykit.policies.inventory.backoff.max-delay = 5s (Byte array resource [application.yml] - 6:20)
                    retrykit.policies.inventory.backoff.delay = 10s (Byte array resource [application.yml] - 5:16)""", "Change one of these values.");
    }

    @Test
    void aFallbackWithTheWrongSignature(CapturedOutput output) {
        start(ShopWithWrongFallback.class, "");

        assertReads(
                output,
                "WrongFallback.stock(String) names the fallback 'cached', but its parameters do not match:"
                        + " WrongFallback.cached(int).",
                "Declare a method 'String cached(String)' in " + WrongFallback.class.getName()
                        + ", optionally with the failure (a Throwable) as an additional last parameter.");
    }

    @Test
    void aSwitchThatIsNeitherOnNorOff(CapturedOutput output) {
        start(Shop.class, "retrykit.enabled: maybe");

        assertReads(
                output,
                "'retrykit.enabled' = 'maybe' (Byte array resource [application.yml] - 1:19) is invalid: it must"
                        + " be true or false.",
                "Correct the value.");
    }

    @Test
    void textInPlaceOfASection(CapturedOutput output) {
        start(Shop.class, "retrykit.policies: inventory");

        assertReads(
                output,
                "'retrykit.policies' = 'inventory' (Byte array resource [application.yml] - 1:20) is invalid: it"
                        + " must be a section with keys below it, or empty.",
                "Correct the value.");
    }
}
