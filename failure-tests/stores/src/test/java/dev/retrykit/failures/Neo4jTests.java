package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.book.FailureBook;
import java.net.ConnectException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Config;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import org.neo4j.driver.Logging;
import org.neo4j.driver.exceptions.AuthTokenManagerExecutionException;
import org.neo4j.driver.exceptions.AuthenticationException;
import org.neo4j.driver.exceptions.AuthorizationExpiredException;
import org.neo4j.driver.exceptions.ClientException;
import org.neo4j.driver.exceptions.DatabaseException;
import org.neo4j.driver.exceptions.DiscoveryException;
import org.neo4j.driver.exceptions.FatalDiscoveryException;
import org.neo4j.driver.exceptions.Neo4jException;
import org.neo4j.driver.exceptions.NoSuchRecordException;
import org.neo4j.driver.exceptions.ProtocolException;
import org.neo4j.driver.exceptions.ResultConsumedException;
import org.neo4j.driver.exceptions.SecurityException;
import org.neo4j.driver.exceptions.SecurityRetryableException;
import org.neo4j.driver.exceptions.ServiceUnavailableException;
import org.neo4j.driver.exceptions.SessionExpiredException;
import org.neo4j.driver.exceptions.TokenExpiredException;
import org.neo4j.driver.exceptions.TransactionNestingException;
import org.neo4j.driver.exceptions.TransactionTerminatedException;
import org.neo4j.driver.exceptions.TransientException;
import org.neo4j.driver.exceptions.UnsupportedFeatureException;
import org.neo4j.driver.exceptions.UntrustedServerException;
import org.neo4j.driver.exceptions.value.Uncoercible;
import org.springframework.data.neo4j.core.Neo4jPersistenceExceptionTranslator;
import org.springframework.data.neo4j.core.mapping.UnknownEntityException;

/** What failures of Neo4j's driver mean, and what Spring Data makes of them. */
@SuppressWarnings("deprecation") // failures that their libraries throw still
class Neo4jTests extends BookTests {

    private static final String LIB = "Neo4j";
    private static final ConnectException REFUSED = new ConnectException("Connection refused");

    static Stream<Row> rows() {
        return all(driver(), clients(), translated());
    }

    /** The classes of driver 4 don't implement the marker. */
    @ParameterizedTest
    @MethodSource("retryables")
    void areTransientWithoutMarker(Neo4jException failure) {
        assertThat(FailureBook.standard().classify(failure).rule())
                .startsWith(failure.getClass().getName())
                .endsWith("transient");
    }

    static Stream<Neo4jException> retryables() {
        return Stream.of(
                new TransientException("Neo.TransientError.Transaction.DeadlockDetected", "x"),
                new SessionExpiredException("Server is no longer available"),
                new AuthorizationExpiredException("Neo.ClientError.Security.AuthorizationExpired", "x"));
    }

    private static Stream<Row> driver() {
        SecurityException security = new SecurityException("Neo.ClientError.Security.Forbidden", "x");
        return all(
                each(
                        LIB,
                        "transient",
                        new TransientException("Neo.TransientError.Transaction.DeadlockDetected", "x"),
                        new SessionExpiredException("Server is no longer available"),
                        new ServiceUnavailableException("Connection to the database terminated"),
                        new DiscoveryException("Could not perform discovery", null),
                        new DiscoveryException("x", REFUSED),
                        new AuthorizationExpiredException("Neo.ClientError.Security.AuthorizationExpired", "x"),
                        new SecurityRetryableException(security),
                        nobodyListens()),
                each(
                        LIB,
                        "permanent",
                        new DatabaseException("Neo.DatabaseError.General.UnknownError", "x"),
                        new ProtocolException("x")),
                each(
                        LIB,
                        "neutral",
                        new AuthenticationException("Neo.ClientError.Security.Unauthorized", "x"),
                        new TokenExpiredException("Neo.ClientError.Security.TokenExpired", "x"),
                        security,
                        new DiscoveryException("x", security),
                        new UntrustedServerException("x"),
                        new AuthTokenManagerExecutionException("x", null),
                        new TransactionTerminatedException("Neo.ClientError.Transaction.Terminated", "x"),
                        new TransactionNestingException("x"),
                        new ResultConsumedException("x"),
                        new UnsupportedFeatureException("x"),
                        new NoSuchRecordException("x"),
                        new Uncoercible("a", "b")),
                each(LIB, "throttled", new SecurityException("Neo.ClientError.Security.AuthenticationRateLimit", "x")),
                each(
                        LIB,
                        "answered",
                        new FatalDiscoveryException("Neo.ClientError.Database.DatabaseNotFound", "x"),
                        new TransientException("Neo.TransientError.Transaction.Terminated", "x")),
                each(LIB, "unknown", new Neo4jException("x")));
    }

    private static Stream<Row> clients() {
        return all(
                Stream.of(
                        row(
                                "terminated by a lost connection",
                                new TransactionTerminatedException("x", lost()),
                                "transient"),
                        row("token manager, lost", new AuthTokenManagerExecutionException("x", REFUSED), "transient"),
                        row("commit, its standard code", unresolved(), "unknown-effect"),
                        row(
                                "wrapped",
                                new CompletionException(
                                        new ClientException("Neo.ClientError.Statement.SyntaxError", "x")),
                                "answered")),
                each(
                        LIB,
                        "transient",
                        new ClientException("Neo.ClientError.Cluster.NotALeader", "x"),
                        new ClientException("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", "x"),
                        new ClientException("Neo.ClientError.Transaction.LockClientStopped", "x"),
                        new ClientException(
                                "Unable to acquire connection from the pool within configured maximum time of 60000ms"),
                        new ClientException("x", REFUSED)),
                each(
                        LIB,
                        "answered",
                        new ClientException("Neo.ClientError.Schema.ConstraintValidationFailed", "x"),
                        new ClientException("Neo.ClientError.Transaction.TransactionTimedOut", "x")),
                each(LIB, "neutral", new ClientException("Cannot run more queries in this transaction")));
    }

    private static Stream<Row> translated() {
        return Stream.of(
                row(
                        "Spring: transient",
                        translate(new TransientException("Neo.TransientError.General.OutOfMemoryError", "x")),
                        "transient"),
                row("Spring: lost", translate(lost()), "transient"),
                row("Spring: session expired", translate(new SessionExpiredException("x")), "transient"),
                row("Spring: discovery", translate(new DiscoveryException("x", null)), "transient"),
                row(
                        "Spring: constraint",
                        translate(new ClientException("Neo.ClientError.Schema.ConstraintValidationFailed", "x")),
                        "answered"),
                row(
                        "Spring: wrong password",
                        translate(new AuthenticationException("Neo.ClientError.Security.Unauthorized", "x")),
                        "neutral"),
                row(
                        "Spring: database error",
                        translate(new DatabaseException("Neo.DatabaseError.General.UnknownError", "x")),
                        "permanent"),
                row("Spring: entity", new UnknownEntityException(String.class), "neutral"));
    }

    private static Throwable translate(RuntimeException failure) {
        return new Neo4jPersistenceExceptionTranslator().translateExceptionIfPossible(failure);
    }

    private static ServiceUnavailableException lost() {
        return new ServiceUnavailableException("Connection to the database terminated", REFUSED);
    }

    /** The driver has no constructor for it yet. */
    private static ServiceUnavailableException unresolved() {
        return new ServiceUnavailableException("x") {
            @Override
            public String gqlStatus() {
                return "08007";
            }
        };
    }

    private static Throwable nobodyListens() {
        Config quick = Config.builder()
                .withLogging(Logging.none())
                .withMaxTransactionRetryTime(0, TimeUnit.MILLISECONDS)
                .build();
        try (Driver driver =
                GraphDatabase.driver("bolt://127.0.0.1:" + MongoTests.freePort(), AuthTokens.none(), quick)) {
            driver.executableQuery("RETURN 1").withParameters(Map.of()).execute();
            throw new IllegalStateException("somebody listens");
        } catch (Neo4jException expected) {
            return expected;
        }
    }
}
