package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.client.RetriedCalls.Client;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/**
 * What a server sees of clients however an application came to them: all ways, all transports, all faults, over real sockets.
 * How an answer was translated is the business of {@code TranslatedTableTests}; here one translation shows that each way
 * lets the answer be known.
 */
@Tag("server")
@ExtendWith(OutputCaptureExtension.class)
class ClientTableTests {

    static List<Arguments> everyWayAndTransport() {
        List<Arguments> all = new ArrayList<>();
        for (ClientMade made : ClientMade.values()) {
            for (Transport transport : Transport.values()) {
                all.add(Arguments.of(made, transport));
            }
        }
        return all;
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("everyWayAndTransport")
    void aServerSeesWhatThePolicySays(ClientMade made, Transport transport) throws Exception {
        try (ClientTable table = new ClientTable();
                Transport.Made objects = new Transport.Made(transport)) {
            made.declare(table.app(), transport, objects).run(app -> {
                assertThat(app).hasNotFailed();
                for (Client client : made.clients(app, transport)) {
                    for (ClientFault fault : ClientFault.values()) {
                        table.cell(app, client, fault, expected(made, client, transport, fault));
                    }
                    ClientFault busy = ClientFault.BUSY_IN_1S;
                    table.cell(app, Translation.replaced(client), busy, busy.expected());
                }
            });
            table.check("made " + made + " on " + transport);
        }
    }

    /** Nobody can take a retry out of a client that is built; so it is taken out all the same, or named with the remedy. */
    @Test
    void whatAReadyMadeTransportRepeatsByItselfIsNamed(CapturedOutput output) throws Exception {
        try (ClientTable table = new ClientTable()) {
            table.app()
                    .withBean(
                            "ready",
                            RestClient.class,
                            () -> RestClient.builder()
                                    .requestFactory(new HttpComponentsClientHttpRequestFactory())
                                    .build())
                    .run(app -> {
                        assertThat(app).hasNotFailed();
                        Client client =
                                Client.blocking("ready RestClient", Requests.plain(app.getBean(RestClient.class)));
                        boolean named = table.cell(app, client, ClientFault.BUSY, "3/3 EXHAUSTED or 6/3 EXHAUSTED")
                                .startsWith("6/3");
                        if (named) {
                            assertThat(output.getAll().lines().filter(line -> line.contains("WARN")))
                                    .filteredOn(line -> line.contains("HttpComponents"))
                                    .hasSize(1)
                                    .allSatisfy(line -> assertThat(line).containsIgnoringCase("retries"));
                        }
                    });
            table.check("ready-made HttpComponents");
        }
    }

    /** A transport that came ready-made may not tell whether it has followed a redirect, either. */
    private static String expected(ClientMade made, Client client, Transport transport, ClientFault fault) {
        String expected = expected(client, transport, fault);
        return made.isReady() && transport != Transport.JDK && fault.allowsPost()
                ? expected + " or 1/1 NOT_IDEMPOTENT, no key"
                : expected;
    }

    /**
     * Under a {@code WebClient} neither the JDK's client nor HttpComponents tells whether it has followed a redirect: then an
     * answer may be somebody else's, and a POST isn't sent again for it.
     */
    static String expected(Client client, Transport transport, ClientFault fault) {
        boolean silent = transport == Transport.JDK || transport == Transport.HTTP_COMPONENTS;
        return client.name().startsWith("WebClient") && silent && fault.allowsPost()
                ? "1/1 NOT_IDEMPOTENT, no key"
                : fault.expected();
    }
}
