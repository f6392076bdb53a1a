package dev.retrykit.failures;

import static dev.retrykit.failures.DatabaseErrors.called;
import static dev.retrykit.failures.DatabaseErrors.made;

import io.asyncer.r2dbc.mysql.message.server.ErrorMessage;
import io.r2dbc.mssql.message.token.ErrorToken;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.api.ErrorDetails;
import io.r2dbc.postgresql.client.ConnectionContext;
import io.r2dbc.spi.R2dbcException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.stream.Stream;
import org.mariadb.r2dbc.client.MaxAllowedPacketException;

/** What failures of R2DBC's drivers mean, raw and as Spring translates them. */
class R2dbcDriversTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(postgres(), mysql(), sqlServer(), oracle())
                .flatMap(rows -> rows)
                .flatMap(row -> Stream.of(row, R2dbcTests.translated(row)));
    }

    private static Stream<Row> postgres() {
        return Stream.of(
                postgres("57P01", "transient"),
                postgres("57P03", "transient"),
                postgres("08006", "transient"),
                postgres("40001", "transient"),
                postgres("40P01", "transient"),
                postgres("55P03", "transient"),
                postgres("26000", "transient"),
                postgres("53300", "throttled"),
                postgres("40003", "unknown-effect"),
                postgres("23505", "answered"),
                postgres("42P01", "answered"),
                postgres("28P01", "neutral"),
                postgres("42501", "neutral"),
                postgres("XX000", "unknown"),
                row(
                        "R2DBC, PostgreSQL: plan",
                        postgresError("0A000", "cached plan must not change result type"),
                        "transient"),
                row("R2DBC, PostgreSQL: refused", postgresRefused(), "transient"),
                row("R2DBC, PostgreSQL: closed", client("PostgresConnectionClosedException", "closed"), "transient"),
                row(
                        "R2DBC, PostgreSQL: connection lost",
                        client("PostgresConnectionException", new ConnectionContext(), new IOException("?")),
                        "transient"),
                row("R2DBC, PostgreSQL: queue is full", client("RequestQueueException", "full"), "neutral"));
    }

    private static Stream<Row> mysql() {
        String closed = "io.asyncer.r2dbc.mysql.client.MySqlConnectionClosedException";
        return Stream.of(
                mysql(1205, "HY000", "transient"),
                mysql(1213, "40001", "transient"),
                mysql(1290, "HY000", "transient"),
                mysql(1040, "08004", "throttled"),
                mysql(1226, "42000", "throttled"),
                mysql(1062, "23000", "answered"),
                mysql(1045, "28000", "neutral"),
                row("R2DBC, MySQL: closed", made(closed, "closed"), "transient"),
                mariadb(1205, "HY000", "transient"),
                mariadb(1927, "70100", "transient"),
                mariadb(1040, "08004", "throttled"),
                mariadb(1062, "23000", "answered"),
                mariadb(1644, "45000", "answered"),
                mariadb(1142, "42000", "neutral"),
                mariadb(0, "08000", "transient"),
                row("R2DBC, MariaDB: packet too big", new MaxAllowedPacketException("?"), "answered"));
    }

    private static Stream<Row> sqlServer() {
        String client = "io.r2dbc.mssql.client.ReactorNettyClient$";
        return Stream.of(
                sqlServer(1205, "transient"),
                sqlServer(1222, "transient"),
                sqlServer(40613, "transient"),
                sqlServer(40825, "transient"),
                sqlServer(701, "throttled"),
                sqlServer(40501, "throttled"),
                sqlServer(2627, "answered"),
                sqlServer(208, "answered"),
                sqlServer(18456, "neutral"),
                row(
                        "R2DBC, SQL Server: lost",
                        made(client + "MssqlConnectionException", new IOException("?")),
                        "transient"),
                row(
                        "R2DBC, SQL Server: closed",
                        made(client + "MssqlConnectionClosedException", "closed"),
                        "transient"));
    }

    private static Stream<Row> oracle() {
        return Stream.of(
                oracle(54, "transient"),
                oracle(3113, "transient"),
                oracle(12516, "throttled"),
                oracle(1, "answered"),
                oracle(1017, "neutral"),
                oracle(25408, "unknown-effect"));
    }

    private static Row postgres(String state, String expected) {
        return row("R2DBC, PostgreSQL: " + state, postgresError(state, "an error"), expected);
    }

    static R2dbcException postgresError(String state, String message) {
        return called(
                "io.r2dbc.postgresql.ExceptionFactory",
                "createException",
                ErrorDetails.fromCodeAndMessage(state, message),
                "select 1");
    }

    private static Throwable client(String name, Object... arguments) {
        return made("io.r2dbc.postgresql.client.ReactorNettyClient$" + name, arguments);
    }

    static Throwable postgresRefused() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = socket.getLocalPort();
            socket.close();
            return R2dbcTests.failure(new PostgresqlConnectionFactory(PostgresqlConnectionConfiguration.builder()
                            .host("127.0.0.1")
                            .port(port)
                            .username("test")
                            .build())
                    .create());
        } catch (IOException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private static Row mysql(int code, String state, String expected) {
        ErrorMessage error = made(ErrorMessage.class.getName(), code, state, "an error");
        R2dbcException failure = error.toException();
        return row("R2DBC, MySQL: " + code, failure, expected);
    }

    private static Row mariadb(int code, String state, String expected) {
        R2dbcException failure =
                org.mariadb.r2dbc.ExceptionFactory.createException("an error", state, code, "select 1");
        return row("R2DBC, MariaDB: " + code, failure, expected);
    }

    private static Row sqlServer(int number, String expected) {
        ErrorToken token = new ErrorToken(0, number, 1, 16, "an error", "server", "", 1);
        return row(
                "R2DBC, SQL Server: " + number,
                called("io.r2dbc.mssql.ExceptionFactory", "createException", token, "?"),
                expected);
    }

    private static Row oracle(int code, String expected) {
        Throwable failure =
                called("oracle.r2dbc.impl.OracleR2dbcExceptions", "toR2dbcException", DatabaseErrors.oracle(code));
        return row("R2DBC, Oracle: " + code, failure, expected);
    }
}
