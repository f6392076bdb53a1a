package dev.retrykit.failures;

import com.clickhouse.client.ClickHouseException;
import com.clickhouse.client.ClickHouseNode;
import com.clickhouse.client.api.ConnectionInitiationException;
import com.clickhouse.client.api.ServerException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;

/** What the failures of ClickHouse mean: its JDBC driver against a server that answers with one error, and its client's own. */
class ClickHouseTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.concat(
                Stream.of(
                        jdbc(159, "TIMEOUT_EXCEEDED", "transient"),
                        jdbc(210, "NETWORK_ERROR", "transient"),
                        jdbc(242, "TABLE_IS_READ_ONLY", "transient"),
                        jdbc(999, "KEEPER_EXCEPTION", "transient"),
                        jdbc(202, "TOO_MANY_SIMULTANEOUS_QUERIES", "throttled"),
                        jdbc(241, "MEMORY_LIMIT_EXCEEDED", "throttled"),
                        jdbc(252, "TOO_MANY_PARTS", "throttled"),
                        jdbc(319, "UNKNOWN_STATUS_OF_INSERT", "unknown-effect"),
                        jdbc(62, "SYNTAX_ERROR", "answered"),
                        jdbc(60, "UNKNOWN_TABLE", "answered"),
                        jdbc(164, "READONLY", "answered"),
                        jdbc(516, "AUTHENTICATION_FAILED", "neutral"),
                        jdbc(49, "LOGICAL_ERROR", "permanent")),
                Stream.of(
                        client(209, "transient"),
                        client(203, "throttled"),
                        client(319, "unknown-effect"),
                        client(164, "answered"),
                        client(49, "unknown"),
                        row(
                                "ClickHouse's client: no connection",
                                new ConnectionInitiationException("refused"),
                                "transient"),
                        old(210, "transient"),
                        old(202, "throttled"),
                        old(319, "unknown-effect"),
                        old(49, "unknown")));
    }

    private static Row client(int code, String expected) {
        return row("ClickHouse's client " + code, new ServerException(code, "an error", 500, "query"), expected);
    }

    private static Row old(int code, String expected) {
        ClickHouseNode node = ClickHouseNode.of("http://localhost");
        return row(
                "ClickHouse's client of version 1 " + code, new ClickHouseException(code, "an error", node), expected);
    }

    private static Row jdbc(int code, String name, String expected) {
        return row("ClickHouse, JDBC " + code + ": " + name, failure(code, name), expected);
    }

    private static Exception failure(int code, String name) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> answer(exchange, code, name));
            server.start();
            String url = "jdbc:clickhouse:http://127.0.0.1:"
                    + server.getAddress().getPort() + "/test?server_version=25.3&retry=0";
            try (Connection connection = DriverManager.getConnection(url);
                    Statement statement = connection.createStatement()) {
                statement.execute("select 1");
            } catch (SQLException expected) {
                return expected;
            } finally {
                server.stop(0);
            }
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
        throw new IllegalStateException("Nothing failed.");
    }

    private static void answer(HttpExchange exchange, int code, String name) throws IOException {
        byte[] body = ("Code: " + code + ". DB::Exception: an error. (" + name + ")").getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().add("X-ClickHouse-Exception-Code", String.valueOf(code));
        exchange.sendResponseHeaders(500, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
