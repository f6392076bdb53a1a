package dev.retrykit.failures;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.springframework.util.FileSystemUtils;

/** A real server of PostgreSQL on the loopback, which can be restarted in place. */
final class Postgres implements AutoCloseable {

    private final Path directory = temporary();
    private EmbeddedPostgres server = start(0);

    static Postgres start() {
        return new Postgres();
    }

    private EmbeddedPostgres start(int port) {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(directory.resolve("data"))
                    .setCleanDataDirectory(false)
                    .setServerConfig("fsync", "off");
            return (port == 0 ? builder : builder.setPort(port)).start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Ends all connections, as an update of the server does, and comes back with its data on the same port. */
    void restart() {
        int port = server.getPort();
        try {
            server.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        server = start(port);
    }

    String url() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    /** Ends one session, as its administrator would. */
    void terminate(int session) {
        query("select pg_terminate_backend(" + session + ")");
    }

    /** By a connection of its own. */
    void execute(String sql) {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** The first value, by a connection of its own. */
    String query(String sql) {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getString(1) : "";
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        FileSystemUtils.deleteRecursively(directory);
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("postgres");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
