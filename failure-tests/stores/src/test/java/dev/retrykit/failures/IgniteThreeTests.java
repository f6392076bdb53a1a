package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;

import java.io.IOException;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.ignite.lang.ErrorGroups.Authentication;
import org.apache.ignite.lang.ErrorGroups.Client;
import org.apache.ignite.lang.ErrorGroups.Common;
import org.apache.ignite.lang.ErrorGroups.Network;
import org.apache.ignite.lang.ErrorGroups.PlacementDriver;
import org.apache.ignite.lang.ErrorGroups.Replicator;
import org.apache.ignite.lang.ErrorGroups.Sql;
import org.apache.ignite.lang.ErrorGroups.Transactions;
import org.apache.ignite.lang.IgniteException;
import org.apache.ignite.lang.SchemaNotFoundException;
import org.apache.ignite.security.exception.InvalidCredentialsException;
import org.apache.ignite.security.exception.UnsupportedAuthenticationTypeException;
import org.apache.ignite.sql.SqlException;
import org.apache.ignite.tx.IncompatibleSchemaException;
import org.apache.ignite.tx.MismatchingTransactionOutcomeException;
import org.apache.ignite.tx.RetriableTransactionException;
import org.apache.ignite.tx.TransactionException;

/** What failures of Ignite 3 mean. */
@SuppressWarnings("deprecation") // failures that their libraries throw still
class IgniteThreeTests extends BookTests {

    private static final UUID TRACE = new UUID(1, 1);

    static Stream<Row> rows() {
        return all(codes(), types());
    }

    private static Stream<Row> codes() {
        return all(
                codes(
                        "transient",
                        Transactions.ACQUIRE_LOCK_ERR,
                        Transactions.ACQUIRE_LOCK_TIMEOUT_ERR,
                        Transactions.TX_PRIMARY_REPLICA_EXPIRED_ERR,
                        Transactions.TX_ALREADY_FINISHED_WITH_TIMEOUT_ERR,
                        Replicator.REPLICA_TIMEOUT_ERR,
                        Replicator.REPLICA_UNAVAILABLE_ERR,
                        Replicator.REPLICA_MISS_ERR,
                        Replicator.REPLICA_STOPPING_ERR,
                        PlacementDriver.PRIMARY_REPLICA_AWAIT_TIMEOUT_ERR,
                        PlacementDriver.PRIMARY_REPLICA_AWAIT_ERR,
                        Common.NODE_STOPPING_ERR,
                        Common.NODE_LEFT_ERR,
                        Network.UNRESOLVABLE_CONSISTENT_ID_ERR,
                        Network.RECIPIENT_LEFT_ERR,
                        Network.ADDRESS_UNRESOLVED_ERR,
                        Client.CONNECTION_ERR),
                codes("throttled", Replicator.GROUP_OVERLOADED_ERR),
                codes("unknown-effect", Transactions.TX_COMMIT_ERR),
                codes(
                        "neutral",
                        Common.ILLEGAL_ARGUMENT_ERR,
                        Common.CURSOR_ALREADY_CLOSED_ERR,
                        Common.USER_OBJECT_SERIALIZATION_ERR,
                        Common.NULLABLE_VALUE_ERR,
                        Sql.EXECUTION_CANCELLED_ERR,
                        Authentication.UNSUPPORTED_AUTHENTICATION_TYPE_ERR,
                        Authentication.INVALID_CREDENTIALS_ERR),
                codes(
                        "answered",
                        Sql.QUERY_NO_RESULT_SET_ERR,
                        Sql.SCHEMA_NOT_FOUND_ERR,
                        Sql.STMT_PARSE_ERR,
                        Sql.STMT_VALIDATION_ERR,
                        Sql.CONSTRAINT_VIOLATION_ERR,
                        Sql.TX_CONTROL_INSIDE_EXTERNAL_TX_ERR),
                codes("permanent", Common.INTERNAL_ERR, Sql.RUNTIME_ERR));
    }

    private static Stream<Row> codes(String expected, int... codes) {
        return IntStream.of(codes)
                .mapToObj(IgniteException::new)
                .map(failure -> row("Ignite 3: " + failure.codeAsString(), failure, expected));
    }

    private static Stream<Row> types() {
        return all(
                each(
                        "Ignite 3",
                        "transient",
                        new Deadlock(),
                        new TransactionException(Transactions.ACQUIRE_LOCK_ERR, "x"),
                        new IgniteException(Common.INTERNAL_ERR, "x", new IOException("Connection reset"))),
                each(
                        "Ignite 3",
                        "answered",
                        new SqlException(Sql.CONSTRAINT_VIOLATION_ERR, "x"),
                        new SchemaNotFoundException("s"),
                        new IncompatibleSchemaException(TRACE, Transactions.TX_INCOMPATIBLE_SCHEMA_ERR, "x", null)),
                each(
                        "Ignite 3",
                        "unknown-effect",
                        new MismatchingTransactionOutcomeException(TRACE, Transactions.TX_COMMIT_ERR, "x", null)),
                each(
                        "Ignite 3",
                        "neutral",
                        new InvalidCredentialsException("x"),
                        new UnsupportedAuthenticationTypeException("x")));
    }

    /** As the server's own class, which isn't in the API's jar. */
    private static final class Deadlock extends TransactionException implements RetriableTransactionException {

        private static final long serialVersionUID = 1;

        Deadlock() {
            super(Transactions.TX_UNEXPECTED_STATE_ERR, "x");
        }
    }
}
