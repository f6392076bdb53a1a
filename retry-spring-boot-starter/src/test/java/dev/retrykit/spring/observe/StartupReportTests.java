package dev.retrykit.spring.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Retry;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.spring.Apps;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class StartupReportTests {

    static class Service {

        @Retryable("inventory")
        @CircuitGuarded("inventory")
        public String stock(String sku) {
            return sku;
        }

        @Retryable("inventory")
        public String price(String sku) {
            return sku;
        }

        @Retryable(maxAttempts = 5, retryOn = IOException.class)
        public String find() {
            return "";
        }
    }

    static class Client {

        @Autowired
        @Qualifier("payments")
        Retry retry;

        @Autowired
        @Qualifier("payments")
        Circuit circuit;
    }

    private static List<String> lines(CapturedOutput output, String level) {
        return output.getOut()
                .lines()
                .filter(line -> line.startsWith(level + " dev.retrykit - "))
                .map(line -> line.substring(line.indexOf(" - ") + 3))
                .toList();
    }

    @Test
    void eachPolicyIsALine(CapturedOutput output) {
        Apps.with("""
                        retrykit:
                          policies: { inventory: { budget: { unlimited: true } } }
                          circuits: { inventory: }
                        """).withBean(Service.class).run(context -> {});

        assertThat(lines(output, "INFO"))
                .containsExactly(
                        "Policy 'inventory': Service.price(String), Service.stock(String); retries known"
                                + " transient failures; up to 3 attempts within 30s; no retry budget: up to 3.00x load",
                        "Policy 'Service.find': Service.find(); retries known transient failures and"
                                + " [java.io.IOException]; up to 5 attempts within 30s; budget 'Service.find' (ratio 0.1,"
                                + " window 10s, reserve 5, min-success 60.0 %)");
        assertThat(lines(output, "WARN")).isEmpty();
    }

    @Test
    void whatNothingUsesIsAWarningWithTheNearestName(CapturedOutput output) {
        Apps.with("""
                        retrykit:
                          policies: { inventory:, spare:, "[Service.fnid]": { max-attempts: 9 } }
                          circuits: { inventory:, "[Service.stok]": }
                          budgets: { warehouse: }
                        """).withBean(Service.class).run(context -> {});

        assertThat(lines(output, "WARN"))
                .containsExactlyInAnyOrder(
                        "retrykit.policies.spare is configured, but nothing uses it.",
                        "retrykit.policies.[Service.fnid] is configured, but nothing uses it."
                                + " Did you mean 'Service.find'?",
                        "retrykit.circuits.[Service.stok] is configured, but nothing uses it.",
                        "retrykit.budgets.warehouse is configured, but nothing uses it.");
    }

    @Test
    void whatIsInjectedIsUsed(CapturedOutput output) {
        Apps.with("""
                        retrykit:
                          policies: { payments: { budget: { name: warehouse } } }
                          circuits: { payments: }
                          budgets: { Ware-House: }
                        """).withBean(Client.class).run(context -> {});

        assertThat(lines(output, "WARN")).isEmpty();
    }
}
