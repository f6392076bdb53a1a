package dev.retrykit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.actuate.RetryReport.SettingReport;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.registry.Retries;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Texts into which placeholders were filled are shown as Boot's own endpoints show values. */
@Tag("server")
@ExtendWith(OutputCaptureExtension.class)
class ShownValuesTests {

    private static final String HIDDEN = "******";

    private static final Map<String, Object> SECRETS = Map.of(
            "management.endpoints.web.exposure.include",
            "retry",
            "secret.text",
            "hunter2",
            "secret.number",
            "4",
            "secret.host",
            "vault.internal",
            "retrykit.policies.payments.idempotency-key",
            "'${secret.text}' + #id",
            "retrykit.policies.payments.max-attempts",
            "${secret.number}",
            "retrykit.policies.payments.backoff.delay",
            "${secret.number}s",
            "retrykit.circuits.payments.ignore",
            "${secret.status:404}, 410",
            "retrykit.policies.plain.idempotency-key",
            "auto");

    private static ApplicationContextRunner app() {
        return Apps.plain()
                .withPropertyValues(SECRETS.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toArray(String[]::new));
    }

    private static Object value(RetryEndpoint endpoint, SecurityContext caller, String policy, String key) {
        Map<String, SettingReport> settings =
                endpoint.report(true, caller).policies().get(policy).settings();
        return Objects.requireNonNull(settings).get(key).value();
    }

    private record Caller(@Nullable Principal principal, Set<String> roles) implements SecurityContext {

        @Override
        public @Nullable Principal getPrincipal() {
            return principal;
        }

        @Override
        public boolean isUserInRole(String role) {
            return roles.contains(role);
        }
    }

    @Test
    void onlyTextsAreHiddenAndOnlyThoseWithPlaceholders() {
        app().run(context -> {
            RetryEndpoint endpoint = new RetryEndpoint(context.getBean(Retries.class), null);
            SecurityContext caller = SecurityContext.NONE;

            assertThat(value(endpoint, caller, "payments", "idempotency-key")).isEqualTo(HIDDEN);
            assertThat(value(endpoint, caller, "payments", "max-attempts")).isEqualTo(4);
            assertThat(value(endpoint, caller, "payments", "backoff.delay")).isEqualTo("4s");
            assertThat(value(endpoint, caller, "payments", "jitter")).isEqualTo("decorrelated");
            assertThat(value(endpoint, caller, "plain", "idempotency-key")).isEqualTo("auto");
            assertThat(endpoint.report(true).circuits().get("payments").settings())
                    .extractingByKey("ignore")
                    .extracting(SettingReport::value)
                    .isEqualTo(HIDDEN);
            assertThat(context.getBean(Retries.class)
                            .findPolicy("payments")
                            .orElseThrow()
                            .policy()
                            .backoff()
                            .delay())
                    .isEqualTo(Duration.ofSeconds(4));
        });
    }

    @Test
    void whoeverIsAuthorizedSeesThem() {
        app().run(context -> {
            Retries retries = context.getBean(Retries.class);
            SecurityContext nobody = SecurityContext.NONE;
            SecurityContext ivy = new Caller(() -> "ivy", Set.of("reader"));
            SecurityContext ann = new Caller(() -> "ann", Set.of("admin"));
            RetryEndpoint always = new RetryEndpoint(
                    retries, null, new ShownValues(List.of(), Show.ALWAYS, Set.of()), new FailureCounts());
            RetryEndpoint authorized = new RetryEndpoint(
                    retries,
                    null,
                    new ShownValues(List.of(), Show.WHEN_AUTHORIZED, Set.of("admin")),
                    new FailureCounts());

            assertThat(value(always, nobody, "payments", "idempotency-key")).isEqualTo("'hunter2' + #id");
            assertThat(value(authorized, nobody, "payments", "idempotency-key")).isEqualTo(HIDDEN);
            assertThat(value(authorized, ivy, "payments", "idempotency-key")).isEqualTo(HIDDEN);
            assertThat(value(authorized, ann, "payments", "idempotency-key")).isEqualTo("'hunter2' + #id");
        });
    }

    @Test
    void functionsOfTheApplicationSanitizeWhatIsShown() {
        SanitizingFunction keys =
                SanitizingFunction.sanitizeValue().ifKeyMatches("retrykit\\.policies\\.plain\\.idempotency-key");
        app().withBean(SanitizingFunction.class, () -> keys).run(context -> {
            RetryEndpoint endpoint = new RetryEndpoint(
                    context.getBean(Retries.class),
                    null,
                    new ShownValues(
                            context.getBeanProvider(SanitizingFunction.class)
                                    .orderedStream()
                                    .toList(),
                            Show.NEVER,
                            Set.of()),
                    new FailureCounts());
            assertThat(value(endpoint, SecurityContext.NONE, "plain", "idempotency-key"))
                    .isEqualTo(HIDDEN);
            assertThat(value(endpoint, SecurityContext.NONE, "payments", "max-attempts"))
                    .isEqualTo(4);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"says(${secret.text}) = nonsense-${secret.text}", "flag(${secret.text})", "${secret.text}"})
    void aLineOfFailuresThatCannotBeReadIsNamedAsItIsWritten(String line) {
        Apps.plain()
                .withPropertyValues("secret.text=hunter2", "retrykit.failures.java.io.IOException=" + line)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("'retrykit.failures.java.io.IOException' = '" + line + "'")
                        .message()
                        .doesNotContain("hunter2"));
    }

    static class Payments {

        @Retryable("payments")
        public void pay(String id) {
            // nothing
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"'${secret.text}' + #nobody", "'${secret.text}' +", "${secret.text} + #id"})
    void messagesShowThePlaceholder(String key) {
        app().withPropertyValues("retrykit.policies.payments.idempotency-key=" + key)
                .withBean(Payments.class)
                .run(context -> {
                    Throwable failure = context.getStartupFailure();
                    StringBuilder messages = new StringBuilder();
                    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                        messages.append(cause.getMessage());
                    }
                    assertThat(messages).doesNotContain("hunter2").contains("${…}");
                });
    }

    @Test
    void logsShowThePlaceholder(CapturedOutput output) {
        app().withBean(Payments.class).run(context -> {
            Retries retries = context.getBean(Retries.class);
            Map<String, @Nullable String> off = new HashMap<>();
            off.put("idempotencyKey", "off");
            assertThat(retries.runtimeSettings()
                            .give(retries.findPolicy("payments").orElseThrow(), off, "me"))
                    .containsExactly("idempotency-key ${…} -> off");
            assertThat(output).doesNotContain("hunter2");
        });
    }

    private static String get(Shop shop, String path) {
        HttpResponse<byte[]> response = Shop.send(HttpRequest.newBuilder(URI.create(shop.url("/actuator/" + path)))
                .header("Accept", "application/json")
                .GET()
                .build());
        assertThat(response.statusCode()).isEqualTo(200);
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource(
            value = WebApplicationType.class,
            names = {"SERVLET", "REACTIVE"})
    void overHttpTheSettingOfBootDecides(WebApplicationType type) {
        Map<String, Object> properties = new HashMap<>(SECRETS);
        properties.put("retrykit.http.guards[0].host", "${secret.host}");
        properties.put("retrykit.http.guards[0].policy", "plain");
        try (Shop shop = Shop.start(type, properties)) {
            for (String body : List.of(get(shop, "retry"), get(shop, "retry/policies/payments"))) {
                assertThat(body).doesNotContain("hunter2", "vault.internal").contains(HIDDEN);
            }
            assertThat(get(shop, "retry/policies/plain")).contains("HTTP guard of host ${secret.host}");
        }
        properties.put("management.endpoint.retry.show-values", "always");
        try (Shop shop = Shop.start(type, properties)) {
            String value = JsonPath.read(get(shop, "retry/policies/payments"), "$.settings['idempotency-key'].value");
            assertThat(value).isEqualTo("'hunter2' + #id");
            assertThat(get(shop, "retry")).contains("hunter2");
        }
        properties.put("management.endpoint.retry.show-values", "when-authorized");
        try (Shop shop = Shop.start(type, properties)) {
            assertThat(get(shop, "retry")).doesNotContain("hunter2");
        }
    }
}
