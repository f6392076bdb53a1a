package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.client.RetriedCalls.Client;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a server sees of clients whose application makes an exception of its own of an answer: all translations, all
 * transports, all faults, over real sockets. How a client was made is the business of {@link ClientTableTests}.
 */
@Tag("server")
class TranslatedTableTests {

    /** What a server can ask for, whatever a policy says about exceptions. */
    private static final Set<ClientFault> WORDS =
            EnumSet.of(ClientFault.BUSY_IN_1S, ClientFault.VETOED, ClientFault.POST_DOWN_1S, ClientFault.TOO_LONG);

    @ParameterizedTest
    @EnumSource
    void theAnswerCountsWhateverTheException(Transport transport) throws Exception {
        try (ClientTable table = new ClientTable()) {
            table.app().withPropertyValues(transport.properties()).run(app -> {
                assertThat(app).hasNotFailed();
                for (Translation translation : Translation.values()) {
                    for (Client client : translation.clients(app, transport)) {
                        for (ClientFault fault : ClientFault.values()) {
                            table.cell(app, client, fault, expected(translation, client, transport, fault));
                        }
                    }
                }
            });
            table.check("translated on " + transport);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theAnswerCountsWhereThePolicyNamesTheException(Transport transport) throws Exception {
        try (ClientTable table = new ClientTable()) {
            table.app().withPropertyValues(transport.properties()).run(app -> {
                assertThat(app).hasNotFailed();
                for (Translation translation : EnumSet.complementOf(EnumSet.of(Translation.RAW))) {
                    for (Client client : translation.clients(app, transport)) {
                        for (ClientFault fault : WORDS) {
                            table.cell(
                                    app, client, fault, "named", ClientTableTests.expected(client, transport, fault));
                        }
                    }
                }
            });
            table.check("translated and named on " + transport);
        }
    }

    /** An own exception for the body of a good answer is an own exception: nothing tells that it was a client's. */
    private static String expected(Translation translation, Client client, Transport transport, ClientFault fault) {
        // Netty's failure goes past what translates those of Spring's blocking clients
        boolean isTranslated = transport != Transport.REACTOR || client.kind() != RetriedCalls.Kind.BLOCKING;
        if (fault == ClientFault.MALFORMED && translation.isOfFailures() && !translation.isLossless() && isTranslated) {
            return "1/1 NOT_RETRYABLE";
        }
        return ClientTableTests.expected(client, transport, fault);
    }
}
