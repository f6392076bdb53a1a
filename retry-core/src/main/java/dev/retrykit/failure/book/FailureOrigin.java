package dev.retrykit.failure.book;

import dev.retrykit.failure.Causes;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose failure it is, since vendors mean different things by the same code: by its class, or, of the JDK's own exceptions, by
 * what threw it.
 */
final class FailureOrigin {

    private static final int FRAMES = 12;

    private static final Map<String, List<String>> PACKAGES = Map.ofEntries(
            Map.entry(
                    "mysql",
                    List.of("com.mysql.", "org.mariadb.", "io.asyncer.r2dbc.mysql.", "software.aws.rds.jdbc.mysql.")),
            Map.entry("sqlserver", List.of("com.microsoft.sqlserver.", "net.sourceforge.jtds.", "io.r2dbc.mssql.")),
            Map.entry("oracle", List.of("oracle.jdbc.", "oracle.r2dbc.", "oracle.net.")),
            Map.entry("db2", List.of("com.ibm.db2.")),
            Map.entry("h2", List.of("org.h2.", "io.r2dbc.h2.")),
            Map.entry(
                    "postgresql",
                    List.of("org.postgresql.", "io.r2dbc.postgresql.", "com.yugabyte.", "com.impossibl.")),
            Map.entry("sqlite", List.of("org.sqlite.")),
            Map.entry("clickhouse", List.of("com.clickhouse.", "ru.yandex.clickhouse.")),
            Map.entry("hsqldb", List.of("org.hsqldb.")),
            Map.entry("derby", List.of("org.apache.derby.")),
            Map.entry("snowflake", List.of("net.snowflake.")),
            Map.entry("sap", List.of("com.sap.db.")),
            Map.entry("sybase", List.of("com.sybase.")));

    private FailureOrigin() {}

    /** The word by which the book's codes name it; null if it isn't known. */
    static @Nullable String of(Throwable failure) {
        String driver = ofClass(failure.getClass().getName());
        if (driver != null) {
            return driver;
        }
        StackTraceElement[] frames = Causes.stackTrace(failure);
        for (int i = 0; i < Math.min(FRAMES, frames.length) && driver == null; i++) {
            driver = ofClass(frames[i].getClassName());
        }
        return driver;
    }

    private static @Nullable String ofClass(String name) {
        for (Map.Entry<String, List<String>> driver : PACKAGES.entrySet()) {
            for (String prefix : driver.getValue()) {
                if (name.startsWith(prefix)) {
                    return driver.getKey();
                }
            }
        }
        return null;
    }
}
