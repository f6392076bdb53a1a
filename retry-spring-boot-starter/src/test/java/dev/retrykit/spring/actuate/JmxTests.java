package dev.retrykit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.registry.Retries;
import java.lang.management.ManagementFactory;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The endpoint without HTTP. */
@Tag("server")
class JmxTests {

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Shop {}

    @Test
    void readsAndChangesOverJmxToo() throws Exception {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Shop.class)
                .web(WebApplicationType.NONE)
                .properties(Map.of(
                        "spring.jmx.enabled", "true",
                        "management.endpoints.jmx.domain", "retrykit.test",
                        "management.endpoints.jmx.exposure.include", "retry",
                        "management.endpoint.retry.access", "unrestricted",
                        "retrykit.circuits.inventory.minimum-calls", "5",
                        "retrykit.policies.inventory.max-attempts", "4"))
                .run()) {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            ObjectName name = new ObjectName("retrykit.test:type=Endpoint,name=Retry");

            Object report = server.invoke(name, "report", new Object[] {false}, new String[] {Boolean.class.getName()});
            assertThat(report)
                    .asString()
                    .contains("inventory")
                    .contains("CLOSED")
                    .doesNotContain("max-attempts");

            Retries retries = context.getBean(Retries.class);
            change(server, name, "circuits", Map.of("state", "FORCED_OPEN"));
            assertThat(retries.circuit("inventory").state()).hasToString("FORCED_OPEN");
            change(server, name, "policies", Map.of("maxAttempts", 2));
            assertThat(retries.findPolicy("inventory").orElseThrow().policy().maxAttempts())
                    .isEqualTo(2);
        }
    }

    private static void change(MBeanServer server, ObjectName name, String kind, Map<String, ?> body) throws Exception {
        server.invoke(name, "change", new Object[] {kind, "inventory", body}, new String[] {
            String.class.getName(), String.class.getName(), Map.class.getName()
        });
    }
}
