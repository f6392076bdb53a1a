package dev.retrykit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Idempotent;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All that stops a start, with the message: {@code docs/reference/start-failures.md} shows each of them. */
class StartFailureMessagesTests {

    private static final Path DOCUMENTATION = Path.of("..", "docs", "reference", "start-failures.md");

    /**
     * What is wrong.
     *
     * @param code as a user would write it; the class that does so is {@code bean}
     */
    private record Wrong(String title, String yml, String code, Class<?> bean) {

        @Override
        public String toString() {
            return title;
        }
    }

    private static Wrong written(String title, String yml) {
        return new Wrong(title, yml, "", Object.class);
    }

    private static Wrong annotated(String code, Class<?> bean) {
        return new Wrong(spoken(bean), "retrykit: { policies: { inventory: }, circuits: { inventory: } }", code, bean);
    }

    /** {@code AnUnknownPolicy} is an unknown policy. */
    private static String spoken(Class<?> bean) {
        String words =
                bean.getSimpleName().replaceAll("(?<=[a-zA-Z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    static Stream<Wrong> settings() {
        return Stream.of(
                written("A misspelt key", "retrykit.policies.inventory.max-atempts: 5"),
                written("A misspelt key further down", "retrykit.policies.inventory.backoff.dealy: 100ms"),
                written("A misspelt section", "retrykit.polices.inventory.max-attempts: 5"),
                written("A misspelt key of a circuit", "retrykit.circuits.inventory.half-open.probe: 3"),
                written("A misspelt default", "retrykit.defaults.policy.retry_after.maxx: 3s"),
                written("Text in place of a section", "retrykit.policies: inventory"),
                written("A switch that is neither on nor off", "retrykit.enabled: maybe"),
                written("No number", "retrykit.policies.inventory.max-attempts: three"),
                written("No duration", "retrykit.policies.inventory.backoff.delay: 200 parsecs"),
                written("No such word", "retrykit.policies.inventory.jitter: fulll"),
                written("No such class", "retrykit.policies.inventory.retry-on: [java.io.IOExeption]"),
                written("A class that is no failure", "retrykit.policies.inventory.retry-on: [java.lang.String]"),
                written("Too few attempts", "retrykit.policies.inventory.max-attempts: 0"),
                written("A negative delay", "retrykit.policies.inventory.backoff.delay: -1s"),
                written("A multiplier that shrinks", "retrykit.policies.inventory.backoff.multiplier: 0.5"),
                written("No status", "retrykit.policies.inventory.statuses: [503, 99]"),
                written("A budget's ratio out of range", "retrykit.budgets.inventory.ratio: 11"),
                written("A failure rate above 100", "retrykit.circuits.inventory.failure-rate: 120"),
                written("A fraction in place of percent", "retrykit.circuits.inventory.failure-rate: 0.7"),
                written("No probes", "retrykit.circuits.inventory.half-open.probes: 0"),
                written("A window in calls where it is one of time", "retrykit.circuits.inventory.window.size: 100"),
                written("No keys", "retrykit.circuits.inventory.keys.max: 0"),
                written("A name that no path can carry", "retrykit.policies.\"[a/b]\".max-attempts: 2"),
                written("No such failure of a circuit", "retrykit.circuits.inventory.ignore: [404, com.acme.NotFuond]"),
                written("No status of a circuit", "retrykit.circuits.inventory.record: [503, 99]"),
                written("A list with a gap", "retrykit.policies.inventory.\"statuses[1]\": 418"),
                written("A base that isn't configured", """
                        retrykit.policies:
                          remote:
                          inventory.base: remot"""),
                written("Bases in a circle", """
                        retrykit.policies:
                          remote.base: inventory
                          inventory.base: remote"""),
                written("A base of the defaults", """
                        retrykit:
                          policies.remote:
                          defaults.policy.base: remote"""),
                written("A cap below the delay", """
                        retrykit.policies.inventory.backoff:
                          delay: 10s
                          max-delay: 5s"""),
                written("An attempt that may take longer than all of them", """
                        retrykit.policies.inventory:
                          attempt-timeout: 10s
                          budget.time: 5s"""),
                written("More probes than calls that decide", """
                        retrykit.circuits.inventory:
                          minimum-calls: 5
                          half-open.probes: 6"""),
                written("A window smaller than the calls that decide", """
                        retrykit.circuits.inventory:
                          window: { type: count, size: 10 }
                          minimum-calls: 20"""),
                written("An open time above its maximum", """
                        retrykit.circuits.inventory.open:
                          duration: 10s
                          max-duration: 5s"""),
                written("Keys that are forgotten while their circuit is open", """
                        retrykit.circuits.inventory:
                          keys.idle: 10s
                          open.max-duration: 60s"""),
                written("A shared budget beside one of its own", """
                        retrykit:
                          budgets.shared:
                          policies.inventory.budget:
                            name: shared
                            ratio: 0.2"""),
                written("An unknown budget", """
                        retrykit:
                          budgets.inventory:
                          policies.orders.budget.name: inventroy"""),
                written(
                        "An unknown bean that judges values",
                        "retrykit.policies.inventory.retry-on-result: [emptyAnswer]"),
                written("An unknown delay function", "retrykit.policies.inventory.backoff.function: steps"),
                written("A line about no class", "retrykit.failures.com.acme.ApiException: transient"),
                written("A line about a class that is no failure", "retrykit.failures.java.lang.String: transient"),
                written("A line with no such clause", "retrykit.failures.java.sql.SQLException: flga(getErrorCode)"),
                written(
                        "A line with no such meaning",
                        "retrykit.failures.java.sql.SQLException: \"code(getErrorCode: 1205) = transiant\""),
                written(
                        "A line whose parenthesis isn't closed",
                        "retrykit.failures.java.sql.SQLException: sql(getSQLState, getErrorCode"),
                written(
                        "A line that reads what isn't there",
                        "retrykit.failures.java.io.IOException: status(getStatus)"),
                written("A line that says nothing", "retrykit.failures.java.io.IOException:"),
                written("Two lines about one class", """
                        retrykit.failures:
                          "[org.springframework.web.client.HttpClientErrorException$Conflict]": transient
                          org.springframework.web.client.HttpClientErrorException.Conflict: permanent"""),
                written("A guard for no policy", """
                        retrykit:
                          policies.inventory:
                          http.guards:
                            - { host: "*.inventory.internal", policy: inventroy }"""),
                written("A guard with an address where a host should be", """
                        retrykit:
                          policies.inventory:
                          http.guards:
                            - { host: "http://inventory:8080", policy: inventory }"""),
                written("A guard for nothing", """
                        retrykit:
                          policies.inventory:
                          http.guards:
                            - { policy: inventory }"""),
                written("A guard with nothing", "retrykit.http.guards: [ { group: payments } ]"),
                written("A guard whose requests have no arguments", """
                        retrykit:
                          policies.payments.idempotency-key: "#order.id"
                          http.guards:
                            - { group: payments, policy: payments }"""),
                written("A header that is none", "retrykit.http.idempotency-key.name: Idempotency Key"),
                written("A header with another meaning", "retrykit.http.idempotency-key.name: Authorization"),
                written("A host of keys that is none", """
                        retrykit.http.idempotency-key.hosts:
                          - { host: "https://api.paypal.com", name: PayPal-Request-Id }"""),
                written("A header of no host", """
                        retrykit.http.idempotency-key.hosts:
                          - { name: PayPal-Request-Id }"""),
                written("A host whose keys are as all others", """
                        retrykit.http.idempotency-key.hosts:
                          - { host: api.paypal.com }"""),
                written("A lease that is over at once", "retrykit.idempotency.lease: 30ms"),
                written("No size", "retrykit.idempotency.max-body: large"),
                written("Answers of any size", "retrykit.idempotency.max-body: 1GB"),
                written("A header that is one caller's", "retrykit.idempotency.headers: [ETag, set-cookie]"),
                written("A store that isn't there", "retrykit.idempotency.store: redis"),
                annotated("@Retryable(\"inventroy\") String stock()", AnUnknownPolicy.class),
                annotated("@CircuitGuarded(\"inventroy\") String stock()", AnUnknownCircuit.class),
                annotated(
                        "@Retryable(value = \"inventory\", maxAttempts = 5) String stock()", SettingsBesideAName.class),
                annotated("@Retryable(attemptTimeout = \"soon\") String stock()", AnUnreadableAttribute.class),
                annotated("@Retryable(fallback = \"cached\") String stock(); String cachd()", AMissingFallback.class),
                annotated(
                        "@Retryable(fallback = \"cached\") String stock(); String cached(int number)",
                        AFallbackOfOthers.class),
                annotated(
                        "@Retryable(fallback = \"cached\") String stock(); int cached()", AFallbackOfAnotherType.class),
                annotated(
                        "@Retryable(fallback = \"one\") @CircuitGuarded(fallback = \"two\") String stock()",
                        TwoFallbacks.class),
                annotated(
                        "@CircuitGuarded(value = \"inventory\", key = \"#regoin\") String stock(String region)",
                        AMisspeltKey.class),
                annotated(
                        "@CircuitGuarded(value = \"inventory\", key = \"#region +\") String stock(String region)",
                        AnUnreadableKey.class),
                annotated(
                        "@CircuitGuarded(value = \"inventory\", key = \" \") String stock(String region)",
                        ABlankKey.class),
                annotated(
                        "@Retryable @org.springframework.resilience.annotation.Retryable String stock()",
                        TwoLibraries.class),
                annotated("final class AFinalClass { @Retryable String stock() }", AFinalClass.class),
                annotated("@Idempotent void take(String message)", AMessageWithoutAKey.class),
                annotated("@Idempotent(key = \"#message\") String take(String message)", AMessageWithAnAnswer.class),
                annotated(
                        "@Idempotent(key = \"#message\", scope = \"#tenant\") void take(String message, String tenant)",
                        AMessageWithAScope.class),
                annotated(
                        "@Idempotent(key = \"#message\", ttl = \"0s\") void take(String message)",
                        AnAnswerForNoTime.class));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("settings")
    void stopsTheStartAsDocumented(Wrong wrong) throws IOException {
        String block = "### " + wrong.title() + "\n\n"
                + (wrong.code().isEmpty() ? "```yaml\n" + wrong.yml() : "```java\n" + wrong.code())
                + "\n```\n\n```text\n" + printed(wrong) + "\n```\n";
        assertThat(Files.readString(DOCUMENTATION, StandardCharsets.UTF_8)).contains(block);
    }

    private static String printed(Wrong wrong) {
        StringBuilder printed = new StringBuilder();
        Apps.with(wrong.yml()).withBean(wrong.bean()).run(context -> {
            Throwable failure = context.getStartupFailure();
            while (failure != null && !(failure instanceof InvalidSettingException)) {
                failure = failure.getCause();
            }
            assertThat(failure).as("what stops the start").isNotNull();
            printed.append(failure.getMessage()).append('\n').append(((InvalidSettingException) failure).action());
        });
        return printed.toString()
                .replace("Byte array resource", "class path resource")
                .replace(StartFailureMessagesTests.class.getName() + "$", "com.acme.");
    }

    @Test
    void nothingElseIsDocumented() throws IOException {
        assertThat(Files.readAllLines(DOCUMENTATION).stream()
                        .takeWhile(line -> !line.equals("## What a start warns of"))
                        .filter(line -> line.startsWith("### ")))
                .containsExactlyElementsOf(
                        settings().map(wrong -> "### " + wrong.title()).toList());
    }

    static class AnUnknownPolicy {
        @Retryable("inventroy")
        String stock() {
            return "";
        }
    }

    static class AnUnknownCircuit {
        @CircuitGuarded("inventroy")
        String stock() {
            return "";
        }
    }

    static class SettingsBesideAName {
        @Retryable(value = "inventory", maxAttempts = 5)
        String stock() {
            return "";
        }
    }

    static class AnUnreadableAttribute {
        @Retryable(attemptTimeout = "soon")
        String stock() {
            return "";
        }
    }

    static class AMissingFallback {
        @Retryable(fallback = "cached")
        String stock() {
            return "";
        }

        String cachd() {
            return "";
        }
    }

    static class AFallbackOfOthers {
        @Retryable(fallback = "cached")
        String stock() {
            return "";
        }

        String cached(int number) {
            return "";
        }
    }

    static class AFallbackOfAnotherType {
        @Retryable(fallback = "cached")
        String stock() {
            return "";
        }

        int cached() {
            return 0;
        }
    }

    static class TwoFallbacks {
        @Retryable(fallback = "one")
        @CircuitGuarded(fallback = "two")
        String stock() {
            return "";
        }

        String one() {
            return "";
        }

        String two() {
            return "";
        }
    }

    static class AMisspeltKey {
        @CircuitGuarded(value = "inventory", key = "#regoin")
        String stock(String region) {
            return "";
        }
    }

    static class AnUnreadableKey {
        @CircuitGuarded(value = "inventory", key = "#region +")
        String stock(String region) {
            return "";
        }
    }

    static class ABlankKey {
        @CircuitGuarded(value = "inventory", key = " ")
        String stock(String region) {
            return "";
        }
    }

    static class TwoLibraries {
        @Retryable
        @org.springframework.resilience.annotation.Retryable
        String stock() {
            return "";
        }
    }

    static class AMessageWithoutAKey {
        @Idempotent
        void take(String message) {}
    }

    static class AMessageWithAnAnswer {
        @Idempotent(key = "#message")
        String take(String message) {
            return "";
        }
    }

    static class AMessageWithAScope {
        @Idempotent(key = "#message", scope = "#tenant")
        void take(String message, String tenant) {}
    }

    static class AnAnswerForNoTime {
        @Idempotent(key = "#message", ttl = "0s")
        void take(String message) {}
    }

    static final class AFinalClass {
        @Retryable
        String stock() {
            return "";
        }
    }
}
