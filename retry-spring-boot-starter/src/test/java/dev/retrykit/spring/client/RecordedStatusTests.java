package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.circuit.CircuitSnapshot;
import dev.retrykit.spring.registry.Retries;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** Statuses that a circuit records and ignores, wherever they come from. Over real sockets. */
@ExtendWith(OutputCaptureExtension.class)
class RecordedStatusTests {

    private static final String YML = """
            retrykit:
              policies.stock: { max-attempts: 1 }
              circuits:
                stock: { record: [%s], ignore: [503] }
                method: { record: [%1$s], ignore: [503] }
              http.guards:
                - { host: 127.0.0.1, policy: stock, circuit: stock }
            spring.http.clients: { connect-timeout: 2s, read-timeout: 2s }
            """;

    /** Makes exceptions of its own of what it is answered. */
    static class Service {

        private final RestClient client;

        Service(RestClient.Builder builder) {
            this.client = builder.build();
        }

        @CircuitGuarded("method")
        public String call(String url) {
            try {
                return String.valueOf(client.get().uri(url).retrieve().body(String.class));
            } catch (RuntimeException failed) {
                throw new IllegalStateException("the warehouse is closed");
            }
        }
    }

    private FaultServer server;

    @BeforeEach
    void start() {
        server = new FaultServer();
        for (int status : new int[] {404, 500, 503}) {
            server.on("/" + status, (request, connection) -> connection.status(status));
        }
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private static ApplicationContextRunner app(String recorded) {
        return HttpApps.with(YML.formatted(recorded), new ArrayList<>()).withBean(Service.class);
    }

    private String url(String path) {
        return server.url(path).replace("localhost", "127.0.0.1");
    }

    private static void assertCounts(ApplicationContext context, String circuit, int calls, int failures) {
        CircuitSnapshot snapshot =
                context.getBean(Retries.class).circuit(circuit).snapshot();
        assertThat(snapshot.calls()).isEqualTo(calls);
        assertThat(snapshot.failures()).isEqualTo(failures);
        context.getBean(Retries.class).circuit(circuit).reset();
    }

    @ParameterizedTest
    @CsvSource({"/404, 1", "/500, 0", "/503, 0"})
    void responsesToGuardedRequestsCountByTheirStatus(String path, int failures) {
        app("404, 503").run(context -> {
            assertThat(catchThrowable(() -> context.getBean(RestClient.Builder.class)
                            .build()
                            .get()
                            .uri(url(path))
                            .retrieve()
                            .body(String.class)))
                    .isNotNull();
            assertCounts(context, "stock", 1, failures);

            assertThat(catchThrowable(() -> context.getBean(WebClient.Builder.class)
                            .build()
                            .get()
                            .uri(url(path))
                            .retrieve()
                            .bodyToMono(String.class)
                            .block()))
                    .isNotNull();
            assertCounts(context, "stock", 1, failures);
        });
    }

    @ParameterizedTest
    @CsvSource({"/404, 1", "/503, 0"})
    void anExceptionOfOnesOwnCountsByTheAnswerThatTheAttemptSaw(String path, int failures) {
        app("404, 503").run(context -> {
            assertThat(catchThrowable(() -> context.getBean(Service.class).call(url(path))))
                    .isInstanceOf(IllegalStateException.class);
            assertCounts(context, "method", 1, failures);
        });
    }

    @Test
    void aGuardWhoseCircuitRecordsNoStatusIsWarnedOf(CapturedOutput output) {
        app("java.io.IOException").run(context -> {
            context.getBean(RestClient.Builder.class);
            assertThat(output)
                    .contains("The circuit 'stock' of the HTTP guard of host 127.0.0.1 records no HTTP status")
                    .contains("retrykit.circuits.stock.record");
        });
    }
}
