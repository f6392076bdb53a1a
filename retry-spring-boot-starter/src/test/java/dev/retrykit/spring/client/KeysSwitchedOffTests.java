package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.RestClient;

/** Idempotency keys are switched off by off and by an empty value, at the start and while the application runs. */
class KeysSwitchedOffTests {

    private static final String YML = """
            retrykit:
              defaults.policy.idempotency-key: %s
              policies:
                guarded: { max-attempts: 1 }
                automatic: { max-attempts: 1 }
                by-order: { max-attempts: 1, idempotency-key: "%s" }
              http.guards:
                - { host: 127.0.0.1, policy: guarded }
            spring.http.clients: { connect-timeout: 2s, read-timeout: 2s }
            """;

    static class Payments {

        private final RestClient client;
        private final FaultServer server;

        Payments(RestClient.Builder client, FaultServer server) {
            this.client = client.build();
            this.server = server;
        }

        @Retryable("by-order")
        public void byOrder(String order) {
            post(server.url("/pay"));
        }

        @Retryable("automatic")
        public void automatic() {
            post(server.url("/pay"));
        }

        public void guarded() {
            post(server.url("/pay").replace("localhost", "127.0.0.1"));
        }

        private void post(String url) {
            client.post().uri(url).body("x").retrieve().toBodilessEntity();
        }
    }

    private FaultServer server;

    @BeforeEach
    void start() {
        server = new FaultServer();
        server.on("/pay", (request, connection) -> connection.status(200));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private ApplicationContextRunner app(String automatic, String byOrder) {
        return HttpApps.with(YML.formatted(automatic, byOrder), new ArrayList<>())
                .withBean(FaultServer.class, () -> server)
                .withBean(Payments.class);
    }

    private boolean isKeySentBy(Runnable call) {
        int before = server.requests("/pay").size();
        call.run();
        assertThat(server.requests("/pay")).hasSize(before + 1);
        return server.requests("/pay").get(before).headers().containsKey("idempotency-key");
    }

    private static void give(Retries retries, String policy, @Nullable String value) {
        Map<String, @Nullable String> given = new HashMap<>();
        given.put("idempotencyKey", value);
        retries.runtimeSettings().give(retries.findPolicy(policy).orElseThrow(), given, "me");
    }

    @Test
    void keysAreSentAsWritten() {
        app("auto", "#order").run(context -> {
            Payments payments = context.getBean(Payments.class);
            assertThat(isKeySentBy(payments::guarded)).isTrue();
            assertThat(isKeySentBy(payments::automatic)).isTrue();
            assertThat(isKeySentBy(() -> payments.byOrder("7"))).isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "", "OFF", "false"})
    void whatDefaultsSayIsSwitchedOff(String word) {
        app("auto", word).run(context -> {
            assertThat(isKeySentBy(() -> context.getBean(Payments.class).byOrder("7")))
                    .isFalse();
            assertThat(context.getBean(Retries.class)
                            .findPolicy("by-order")
                            .orElseThrow()
                            .settings()
                            .get("idempotency-key")
                            .value())
                    .isEqualTo("off");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "", " Off "})
    void theSameAtRunTime(String word) {
        app("auto", "#order").run(context -> {
            Payments payments = context.getBean(Payments.class);
            Retries retries = context.getBean(Retries.class);
            for (String policy : new String[] {"guarded", "automatic", "by-order"}) {
                give(retries, policy, word);
            }
            assertThat(isKeySentBy(payments::guarded)).isFalse();
            assertThat(isKeySentBy(payments::automatic)).isFalse();
            assertThat(isKeySentBy(() -> payments.byOrder("7"))).isFalse();

            for (String policy : new String[] {"guarded", "automatic", "by-order"}) {
                give(retries, policy, null);
            }
            assertThat(isKeySentBy(payments::guarded)).isTrue();
            assertThat(isKeySentBy(payments::automatic)).isTrue();
            assertThat(isKeySentBy(() -> payments.byOrder("7"))).isTrue();
        });
    }

    @Test
    void otherKeysNeedARestart() {
        app("off", "#order").run(context -> {
            Retries retries = context.getBean(Retries.class);
            assertThat(catchThrowable(() -> give(retries, "automatic", "auto")))
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining("idempotency-key cannot change while the application is running: auto (me)");
            assertThat(catchThrowable(() -> give(retries, "by-order", "#other")))
                    .isInstanceOf(InvalidSettingException.class);
            give(retries, "automatic", "off");
        });
    }
}
