package dev.retrykit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.registry.Retries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** With Spring Cloud itself, and a file that is written anew. It runs apart: no other test has Spring Cloud around it. */
@Tag("spring-cloud")
@ExtendWith(OutputCaptureExtension.class)
class EnvironmentRefreshListenerTests {

    private static final String AT_THE_START = """
            retrykit:
              policies:
                inventory: { max-attempts: 4, budget: { name: warehouse } }
                own: { budget: { reserve: 5 } }
              circuits:
                inventory: { failure-rate: 50 }
              budgets:
                warehouse: { reserve: 9 }
            """;

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Shop {

        @Bean
        Stocks stocks() {
            return new Stocks();
        }
    }

    static class Stocks {

        @Retryable(maxAttempts = 2)
        public String find(String sku) {
            return sku;
        }
    }

    @TempDir
    private Path folder;

    private void run(Use use) throws IOException {
        write(AT_THE_START);
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Shop.class)
                .web(WebApplicationType.NONE)
                .properties(Map.of(
                        "spring.config.location",
                        folder.toUri() + "application.yml",
                        "spring.cloud.compatibility-verifier.enabled",
                        "false"))
                .run()) {
            use.run(context.getBean(Retries.class), yml -> {
                write(yml);
                context.getBean(ContextRefresher.class).refresh();
            });
        }
    }

    private void write(String yml) throws IOException {
        Files.writeString(folder.resolve("application.yml"), yml);
    }

    private interface Use {

        void run(Retries retries, Refreshed refreshed) throws IOException;
    }

    private interface Refreshed {

        void with(String yml) throws IOException;
    }

    @Test
    void whatIsWrittenAnewHolds(CapturedOutput output) throws IOException {
        run((retries, refreshed) -> {
            refreshed.with("""
                    retrykit:
                      policies:
                        inventory: { max-attempts: 7, budget: { name: warehouse } }
                        own: { budget: { reserve: 2 } }
                        "[Stocks.find]": { max-attempts: 5 }
                      circuits:
                        inventory: { failure-rate: 60 }
                      budgets:
                        warehouse: { reserve: 1 }
                    """);
            PolicyEntry inventory = retries.findPolicy("inventory").orElseThrow();
            assertThat(inventory.policy().maxAttempts()).isEqualTo(7);
            assertThat(retries.get("inventory").policy().maxAttempts()).isEqualTo(7);
            assertThat(inventory.settings().get("max-attempts").origin()).contains("application.yml");
            assertThat(retries.findBudget("own").orElseThrow().snapshot().reserve())
                    .isEqualTo(2);
            assertThat(retries.findBudget("warehouse").orElseThrow().snapshot().reserve())
                    .isEqualTo(1);
            assertThat(retries.circuit("inventory").policy().failureRate()).isEqualTo(60);
            assertThat(retries.findPolicy("Stocks.find").orElseThrow().policy().maxAttempts())
                    .isEqualTo(5);
            assertThat(output)
                    .contains("Changed by a refresh: policy 'inventory': max-attempts 4 -> 7")
                    .contains("Changed by a refresh: budget 'warehouse': reserve 9 -> 1");
        });
    }

    @Test
    void ofWhatCannotHoldNothingHolds(CapturedOutput output) throws IOException {
        run((retries, refreshed) -> {
            refreshed.with(
                    AT_THE_START.replace("max-attempts: 4", "max-attempts: 7").replace("50", "500"));
            assertThat(retries.findPolicy("inventory").orElseThrow().policy().maxAttempts())
                    .isEqualTo(4);
            assertThat(output)
                    .contains("A refresh contains invalid settings, so the current settings stay in effect.")
                    .contains("failure-rate");
            refreshed.with(AT_THE_START.replace("max-attempts: 4", "max-attempt: 7"));
            assertThat(output).contains("Did you mean 'max-attempts'?");
            retries.get("inventory");
            refreshed.with("retrykit.policies.own: {}");
            assertThat(output).contains("names the policy 'inventory', which is not configured");
            refreshed.with(AT_THE_START.replace("{ name: warehouse }", "{ reserve: 3 }"));
            assertThat(output).contains("cannot change while the application is running");
            assertThat(retries.findPolicy("inventory").orElseThrow().policy().maxAttempts())
                    .isEqualTo(4);
        });
    }

    @Test
    void whatNobodyUsesMayBeTakenAway(CapturedOutput output) throws IOException {
        run((retries, refreshed) -> {
            refreshed.with("retrykit.policies.own: { max-attempts: 9 }");
            assertThat(output).doesNotContain("can't hold");
            assertThat(retries.findPolicy("own").orElseThrow().policy().maxAttempts())
                    .isEqualTo(9);
        });
    }

    @Test
    void whatTheEndpointGaveStillComesBeforeIt() throws IOException {
        run((retries, refreshed) -> {
            PolicyEntry inventory = retries.findPolicy("inventory").orElseThrow();
            retries.runtimeSettings().give(inventory, Map.of("max-attempts", "2"), "operator");
            refreshed.with(AT_THE_START.replace("max-attempts: 4", "max-attempts: 7, jitter: none"));
            assertThat(inventory.policy().maxAttempts()).isEqualTo(2);
            assertThat(inventory.policy().jitter()).hasToString("NONE");
        });
    }
}
