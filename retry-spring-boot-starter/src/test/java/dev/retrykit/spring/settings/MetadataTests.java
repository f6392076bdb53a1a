package dev.retrykit.spring.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import dev.retrykit.spring.settings.resolution.BudgetPolicyFactory;
import dev.retrykit.spring.settings.resolution.Resolved;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What an IDE knows about {@code retrykit.*}. */
class MetadataTests {

    private static List<Map<String, Object>> all(String kind) {
        try (InputStream in = MetadataTests.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return JsonPath.read(new String(in.readAllBytes(), StandardCharsets.UTF_8), "$." + kind);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private static Map<String, String> defaults() {
        return all("properties").stream()
                .filter(property -> property.get("defaultValue") != null)
                .collect(Collectors.toMap(
                        property -> (String) property.get("name"),
                        property -> property.get("defaultValue").toString()));
    }

    @Test
    void everyPropertyHasATypeAndADescription() {
        assertThat(all("properties"))
                .hasSizeGreaterThan(40)
                .allSatisfy(property -> assertThat(property)
                        .containsKeys("name", "type")
                        .extractingByKey("description")
                        .asString()
                        .hasSizeGreaterThan(10));
    }

    /** Off or empty unless written, or, for the order, dependent on the application. */
    private static final Set<String> WITHOUT_DEFAULT = Set.of(
            "management.endpoint.retry.roles",
            "retrykit.aspect.order",
            "retrykit.budgets",
            "retrykit.circuits",
            "retrykit.http.guards",
            "retrykit.http.idempotency-key.hosts",
            "retrykit.http.propagate",
            "retrykit.failures",
            "retrykit.http.trust",
            "retrykit.idempotency.headers",
            "retrykit.idempotency.scope",
            "retrykit.idempotency.store",
            "retrykit.policies",
            "retrykit.defaults.circuit.base",
            "retrykit.defaults.circuit.ignore",
            "retrykit.defaults.circuit.record",
            "retrykit.defaults.circuit.slow-call.duration",
            "retrykit.defaults.policy.abort-on",
            "retrykit.defaults.policy.attempt-timeout",
            "retrykit.defaults.policy.backoff.function",
            "retrykit.defaults.policy.base",
            "retrykit.defaults.policy.budget.name",
            "retrykit.defaults.policy.idempotency-key",
            "retrykit.defaults.policy.retry-on",
            "retrykit.defaults.policy.retry-on-result");

    @Test
    void everyPropertyHasADefaultUnlessItIsOff() {
        assertThat(all("properties"))
                .filteredOn(property -> !property.containsKey("defaultValue"))
                .extracting(property -> (String) property.get("name"))
                .containsExactlyInAnyOrderElementsOf(WITHOUT_DEFAULT);
    }

    @Test
    void anEnumNamesItsConstantsAndWhateverElseIsANameHasAHint() {
        Set<String> hinted =
                all("hints").stream().map(hint -> (String) hint.get("name")).collect(Collectors.toSet());
        assertThat(all("properties")).allSatisfy(property -> {
            String name = (String) property.get("name");
            String type = (String) property.get("type");
            boolean isName = type.contains("java.lang.Class")
                    || type.contains("java.lang.String>") && !type.contains("Map")
                    || name.endsWith("backoff.function");
            assertThat(hinted.contains(name) || !isName).as(name).isTrue();
            if (type.startsWith("dev.retrykit")) {
                assertThat(Class.forName(type).isEnum()).as(name).isTrue();
            }
        });
        assertThat(all("properties"))
                .extracting(property -> (String) property.get("name"))
                .containsAll(hinted.stream()
                        .map(name -> name.replaceFirst("^(retrykit\\.failures)\\.(keys|values)$", "$1"))
                        .toList());
    }

    @Test
    void hintsNameClassesThatThereAre() {
        assertThat(all("hints")).isNotEmpty().allSatisfy(hint -> {
            for (Map<String, Object> provider : providers(hint)) {
                if (provider.get("parameters") instanceof Map<?, ?> parameters) {
                    assertThat(Class.forName((String) parameters.get("target"))).isNotNull();
                }
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> providers(Map<String, Object> hint) {
        return (List<Map<String, Object>>) hint.get("providers");
    }

    @Test
    void everyGroupHasATypeAndADescription() {
        assertThat(all("groups"))
                .hasSizeGreaterThan(10)
                .allSatisfy(group -> assertThat(group)
                        .containsKeys("name", "type")
                        .extractingByKey("description")
                        .asString()
                        .hasSizeGreaterThan(10));
    }

    @Test
    void everyKeyOfAPolicyACircuitAndABudgetIsThere() {
        List<String> names = all("properties").stream()
                .map(property -> (String) property.get("name"))
                .toList();

        assertThat(names)
                .contains(
                        "retrykit.enabled",
                        "retrykit.strict",
                        "retrykit.policies",
                        "retrykit.circuits",
                        "retrykit.http.guards",
                        "retrykit.http.propagate",
                        "retrykit.http.trust",
                        "retrykit.budgets",
                        "retrykit.aspect.mode",
                        "retrykit.aspect.order",
                        "retrykit.defaults.policy.backoff.max-delay",
                        "retrykit.defaults.policy.retry-after.respect",
                        "retrykit.defaults.circuit.half-open.probes",
                        "retrykit.defaults.budget.min-success");
    }

    @Test
    void theDefaultsOfAPolicyAreTheLibrarys() {
        Map<String, Setting> settings =
                Written.yml("retrykit.policies.inventory:").policy().settings();

        assertDefaults("retrykit.defaults.policy.", settings);
    }

    @Test
    void theDefaultsOfACircuitAreTheLibrarys() {
        Resolved<CircuitPolicy> effective =
                Written.yml("retrykit.circuits.inventory:").circuit();

        assertDefaults("retrykit.defaults.circuit.", effective.settings());
        assertDefaults(
                "retrykit.defaults.circuit.",
                Written.yml("retrykit.circuits.inventory:").keys().settings());
    }

    @Test
    void theDefaultsOfABudgetAreTheLibrarys() {
        Map<String, Setting> settings = BudgetPolicyFactory.budget("retrykit.budgets.inventory", SettingsLayer.EMPTY)
                .settings();

        assertDefaults("retrykit.defaults.budget.", settings);
    }

    private static void assertDefaults(String prefix, Map<String, Setting> settings) {
        Map<String, String> defaults = defaults();
        assertThat(settings)
                .isNotEmpty()
                .allSatisfy((key, setting) -> assertThat(defaults)
                        .containsEntry(
                                prefix + key,
                                String.valueOf(MessageText.of(setting.value())).replaceAll("\\.0$", "")));
    }

    @Test
    void theExampleOfTheDocumentationBinds() {
        Written written = Written.yml("""
                retrykit:
                  enabled: true
                  policies:
                    inventory:
                      max-attempts: 5
                      attempt-timeout: 2s
                      backoff: { strategy: exponential, delay: 200ms, multiplier: 2, max-delay: 10s }
                      jitter: decorrelated
                      budget: { time: 30s, name: inventory }
                      retry-on: [java.io.IOException]
                      abort-on: [java.io.FileNotFoundException]
                      statuses: [429, 502, 503, 504]
                      retry-after: { respect: true, max: 10s }
                      nested: once
                  budgets:
                    inventory: { ratio: 0.1, window: 10s, reserve: 5, min-success: 60 }
                  circuits:
                    inventory:
                      window: { type: time, size: 10s }
                      minimum-calls: 20
                      failure-rate: 70
                      slow-call: { duration: 2s, rate: 80 }
                      consecutive-failures: 0
                      open: { duration: 5s, multiplier: 2, max-duration: 30s, jitter: 0.5 }
                      half-open: { probes: 5, lease: 30s }
                      on-open: stop
                      blocks: all
                      ignore: [java.io.FileNotFoundException]
                """);

        assertThat(written.policy().settings().get("statuses").value()).isEqualTo(List.of(429, 502, 503, 504));
        assertThat(written.circuit().settings().get("slow-call.rate").value()).isEqualTo(80.0);
        assertThat(written.warnings).isEmpty();
    }
}
