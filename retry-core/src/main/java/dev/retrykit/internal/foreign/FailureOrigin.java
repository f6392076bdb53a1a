package dev.retrykit.internal.foreign;

import dev.retrykit.failure.Causes;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the vendor of a failure, because vendors use the same code differently: by its class or, for the JDK's own
 * exceptions, by the code that threw it.
 */
public final class FailureOrigin {

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

    /** The name of the vendor in the book's codes; null if it is not known. */
    public static @Nullable String of(Throwable failure) {
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
