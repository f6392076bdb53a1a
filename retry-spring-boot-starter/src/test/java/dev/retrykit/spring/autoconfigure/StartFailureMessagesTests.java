package dev.retrykit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Idempotent;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every failure of startup with its message, as {@code docs/reference/start-failures.md} shows it. */
@Tag("startup")
class StartFailureMessagesTests {

    private static final StartupPage SETTINGS = new StartupPage("settings");
    private static final StartupPage ANNOTATIONS = new StartupPage("annotations");

    /**
     * An invalid application.
     *
     * @param code the annotated code as the page shows it; empty for an invalid setting
     * @param bean the class of that code
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

    /** {@code AnUnknownPolicy} as "An unknown policy". */
    private static String spoken(Class<?> bean) {
        String words =
                bean.getSimpleName().replaceAll("(?<=[a-zA-Z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    static Stream<Wrong> settings() {
        return Stream.of(
                written("A misspelled key", "retrykit.policies.inventory.max-atempts: 5"),
                written("A misspelled nested key", "retrykit.policies.inventory.backoff.dealy: 100ms"),
                written("A misspelled section", "retrykit.polices.inventory.max-attempts: 5"),
                written("A misspelled key of a circuit", "retrykit.circuits.inventory.half-open.probe: 3"),
                written("A misspelled default", "retrykit.defaults.policy.retry_after.maxx: 3s"),
                written("Text instead of a section", "retrykit.policies: inventory"),
                written("A boolean that is neither true nor false", "retrykit.enabled: maybe"),
                written("Not a number", "retrykit.policies.inventory.max-attempts: three"),
                written("Not a duration", "retrykit.policies.inventory.backoff.delay: 200 parsecs"),
                written("An unknown value", "retrykit.policies.inventory.jitter: fulll"),
                written("A class that does not exist", "retrykit.policies.inventory.retry-on: [java.io.IOExeption]"),
                written("A class that is not an exception", "retrykit.policies.inventory.retry-on: [java.lang.String]"),
                written("Too few attempts", "retrykit.policies.inventory.max-attempts: 0"),
                written("A negative delay", "retrykit.policies.inventory.backoff.delay: -1s"),
                written("A multiplier below 1", "retrykit.policies.inventory.backoff.multiplier: 0.5"),
                written("An invalid HTTP status", "retrykit.policies.inventory.statuses: [503, 99]"),
                written("A budget ratio out of range", "retrykit.budgets.inventory.ratio: 11"),
                written("A failure rate above 100", "retrykit.circuits.inventory.failure-rate: 120"),
                written("A fraction instead of a percentage", "retrykit.circuits.inventory.failure-rate: 0.7"),
                written("Zero probes", "retrykit.circuits.inventory.half-open.probes: 0"),
                written("A time window with a number of calls", "retrykit.circuits.inventory.window.size: 100"),
                written("Zero keys", "retrykit.circuits.inventory.keys.max: 0"),
                written("A name that cannot be part of a path", "retrykit.policies.\"[a/b]\".max-attempts: 2"),
                written(
                        "An unknown failure of a circuit",
                        "retrykit.circuits.inventory.ignore: [404, com.acme.NotFuond]"),
                written("An invalid HTTP status of a circuit", "retrykit.circuits.inventory.record: [503, 99]"),
                written("A list with a gap", "retrykit.policies.inventory.\"statuses[1]\": 418"),
                written(
                        "A list with an empty element",
                        "retrykit.policies.inventory.retry-on: \"java.io.IOException,\""),
                written("A base that is not configured", """
                        retrykit.policies:
                          remote:
                          inventory.base: remot"""),
                written("Circular bases", """
                        retrykit.policies:
                          remote.base: inventory
                          inventory.base: remote"""),
                written("A base in the defaults", """
                        retrykit:
                          policies.remote:
                          defaults.policy.base: remote"""),
                written("A maximum delay below the delay", """
                        retrykit.policies.inventory.backoff:
                          delay: 10s
                          max-delay: 5s"""),
                written("An attempt timeout above the time budget", """
                        retrykit.policies.inventory:
                          attempt-timeout: 10s
                          budget.time: 5s"""),
                written("More probes than minimum calls", """
                        retrykit.circuits.inventory:
                          minimum-calls: 5
                          half-open.probes: 6"""),
                written("A window smaller than the minimum calls", """
                        retrykit.circuits.inventory:
                          window: { type: count, size: 10 }
                          minimum-calls: 20"""),
                written("An open duration above its maximum", """
                        retrykit.circuits.inventory.open:
                          duration: 10s
                          max-duration: 5s"""),
                written("An idle time of keys that is too short", """
                        retrykit.circuits.inventory:
                          keys.idle: 10s
                          open.max-duration: 60s"""),
                written("A budget name next to other budget settings", """
                        retrykit:
                          budgets.shared:
                          policies.inventory.budget:
                            name: shared
                            ratio: 0.2"""),
                written("An unknown budget", """
                        retrykit:
                          budgets.inventory:
                          policies.orders.budget.name: inventroy"""),
                written("An unknown result classifier", "retrykit.policies.inventory.retry-on-result: [emptyAnswer]"),
                written("An unknown delay function", "retrykit.policies.inventory.backoff.function: steps"),
                written("A failure line for an unknown class", "retrykit.failures.com.acme.ApiException: transient"),
                written(
                        "A failure line for a class that is not an exception",
                        "retrykit.failures.java.lang.String: transient"),
                written(
                        "A failure line with an unknown clause",
                        "retrykit.failures.java.sql.SQLException: flga(getErrorCode)"),
                written(
                        "A failure line with an unknown meaning",
                        "retrykit.failures.java.sql.SQLException: \"code(getErrorCode: 1205) = transiant\""),
                written(
                        "A failure line with an unclosed parenthesis",
                        "retrykit.failures.java.sql.SQLException: sql(getSQLState, getErrorCode"),
                written(
                        "A failure line with an unknown accessor",
                        "retrykit.failures.java.io.IOException: status(getStatus)"),
                written("A failure line with a clause that is never evaluated", """
                        retrykit.failures:
                          java.sql.SQLException: "transient, code(getErrorCode: 1205) = throttled\""""),
                written("A failure line that is a list", """
                        retrykit.failures:
                          java.io.IOException: [ says(busy) = throttled, permanent ]"""),
                written("A failure line that YAML splits", """
                        retrykit.failures: { java.sql.SQLException: sql(getSQLState, getErrorCode), java.io.IOException: says(busy) = throttled, transient }"""),
                written("A failure line with a placeholder without a value", """
                        retrykit.failures:
                          java.sql.SQLException: "code(getErrorCode: ${busy.codes}) = throttled\""""),
                written("An empty failure line", "retrykit.failures.java.io.IOException:"),
                written("Two failure lines for one class", """
                        retrykit.failures:
                          "[org.springframework.web.client.HttpClientErrorException$Conflict]": transient
                          org.springframework.web.client.HttpClientErrorException.Conflict: permanent"""),
                written("A guard with an unknown policy", """
                        retrykit:
                          policies.inventory:
                          http.guards:
                            - { host: "*.inventory.internal", policy: inventroy }"""),
                written("A guard with a URL instead of a host", """
                        retrykit:
                          policies.inventory:
                          http.guards:
                            - { host: "http://inventory:8080", policy: inventory }"""),
                written("A guard without a host or group", """
                        retrykit:
                          policies.inventory:
                          http.guards:
                            - { policy: inventory }"""),
                written("A guard without a policy or circuit", "retrykit.http.guards: [ { group: payments } ]"),
                written("A guard with a key expression", """
                        retrykit:
                          policies.payments.idempotency-key: "#order.id"
                          http.guards:
                            - { group: payments, policy: payments }"""),
                written("An invalid header name", "retrykit.http.idempotency-key.name: Idempotency Key"),
                written("A header with another meaning", "retrykit.http.idempotency-key.name: Authorization"),
                written("A key header for an invalid host", """
                        retrykit.http.idempotency-key.hosts:
                          - { host: "https://api.paypal.com", name: PayPal-Request-Id }"""),
                written("A key header without a host", """
                        retrykit.http.idempotency-key.hosts:
                          - { name: PayPal-Request-Id }"""),
                written("A host without its own key header", """
                        retrykit.http.idempotency-key.hosts:
                          - { host: api.paypal.com }"""),
                written("A lease that is too short", "retrykit.idempotency.lease: 30ms"),
                written("Not a size", "retrykit.idempotency.max-body: large"),
                written("A maximum body size out of range", "retrykit.idempotency.max-body: 1GB"),
                written(
                        "A stored header that belongs to one caller",
                        "retrykit.idempotency.headers: [ETag, set-cookie]"),
                written("A store that is not available", "retrykit.idempotency.store: redis"),
                annotated("@Retryable(\"inventroy\") String stock()", AnUnknownPolicy.class),
                annotated("@CircuitGuarded(\"inventroy\") String stock()", AnUnknownCircuit.class),
                annotated(
                        "@Retryable(value = \"inventory\", maxAttempts = 5) String stock()", SettingsNextToAName.class),
                annotated("@Retryable(attemptTimeout = \"soon\") String stock()", AnInvalidAttribute.class),
                annotated("@Retryable(fallback = \"cached\") String stock(); String cachd()", AMissingFallback.class),
                annotated(
                        "@Retryable(fallback = \"cached\") String stock(); String cached(int number)",
                        AFallbackWithOtherParameters.class),
                annotated(
                        "@Retryable(fallback = \"cached\") String stock(); int cached()",
                        AFallbackWithAnotherReturnType.class),
                annotated(
                        "@Retryable(fallback = \"one\") @CircuitGuarded(fallback = \"two\") String stock()",
                        TwoFallbacks.class),
                annotated(
                        "@CircuitGuarded(value = \"inventory\", key = \"#regoin\") String stock(String region)",
                        AMisspelledArgument.class),
                annotated(
                        "@CircuitGuarded(value = \"inventory\", key = \"#region +\") String stock(String region)",
                        AnInvalidKeyExpression.class),
                annotated(
                        "@CircuitGuarded(value = \"inventory\", key = \" \") String stock(String region)",
                        ABlankKeyExpression.class),
                annotated(
                        "@Retryable @org.springframework.resilience.annotation.Retryable String stock()",
                        TwoLibraries.class),
                annotated("final class AFinalClass { @Retryable String stock() }", AFinalClass.class),
                annotated("@Idempotent void take(String message)", AMessageMethodWithoutAKey.class),
                annotated(
                        "@Idempotent(key = \"#message\") String take(String message)", AMessageMethodWithAResult.class),
                annotated(
                        "@Idempotent(key = \"#message\", scope = \"#tenant\") void take(String message, String tenant)",
                        AMessageMethodWithAScope.class),
                annotated(
                        "@Idempotent(key = \"#message\", ttl = \"0s\") void take(String message)",
                        ATimeToLiveThatIsTooShort.class));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("settings")
    void stopsTheStartAsDocumented(Wrong wrong) throws IOException {
        boolean isSetting = wrong.code().isEmpty();
        (isSetting ? SETTINGS : ANNOTATIONS)
                .assertShows(
                        wrong.title(),
                        isSetting ? "yaml" : "java",
                        isSetting ? wrong.yml() : wrong.code(),
                        printed(wrong));
    }

    private static String printed(Wrong wrong) {
        StringBuilder printed = new StringBuilder();
        Apps.with(wrong.yml()).withBean(wrong.bean()).run(context -> {
            Throwable failure = context.getStartupFailure();
            while (failure != null && !(failure instanceof InvalidSettingException)) {
                failure = failure.getCause();
            }
            assertThat(failure).as("the failure of startup").isNotNull();
            printed.append(failure.getMessage()).append('\n').append(((InvalidSettingException) failure).action());
        });
        return printed.toString()
                .replace("Byte array resource", "class path resource")
                .replace(StartFailureMessagesTests.class.getName() + "$", "com.acme.");
    }

    @Test
    void nothingElseIsDocumented() throws IOException {
        SETTINGS.assertHasOnly(titles(wrong -> wrong.code().isEmpty()));
        ANNOTATIONS.assertHasOnly(titles(wrong -> !wrong.code().isEmpty()));
    }

    private static List<String> titles(Predicate<Wrong> kind) {
        return settings().filter(kind).map(Wrong::title).toList();
    }

    @AfterAll
    static void write() throws IOException {
        SETTINGS.write();
        ANNOTATIONS.write();
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

    static class SettingsNextToAName {
        @Retryable(value = "inventory", maxAttempts = 5)
        String stock() {
            return "";
        }
    }

    static class AnInvalidAttribute {
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

    static class AFallbackWithOtherParameters {
        @Retryable(fallback = "cached")
        String stock() {
            return "";
        }

        String cached(int number) {
            return "";
        }
    }

    static class AFallbackWithAnotherReturnType {
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

    static class AMisspelledArgument {
        @CircuitGuarded(value = "inventory", key = "#regoin")
        String stock(String region) {
            return "";
        }
    }

    static class AnInvalidKeyExpression {
        @CircuitGuarded(value = "inventory", key = "#region +")
        String stock(String region) {
            return "";
        }
    }

    static class ABlankKeyExpression {
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

    static class AMessageMethodWithoutAKey {
        @Idempotent
        void take(String message) {}
    }

    static class AMessageMethodWithAResult {
        @Idempotent(key = "#message")
        String take(String message) {
            return "";
        }
    }

    static class AMessageMethodWithAScope {
        @Idempotent(key = "#message", scope = "#tenant")
        void take(String message, String tenant) {}
    }

    static class ATimeToLiveThatIsTooShort {
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
