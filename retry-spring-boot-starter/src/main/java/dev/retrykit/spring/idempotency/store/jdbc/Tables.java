package dev.retrykit.spring.idempotency.store.jdbc;

import dev.retrykit.spring.settings.IdempotencySettings.InitializeSchema;
import javax.sql.DataSource;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.jdbc.init.PlatformPlaceholderDatabaseDriverResolver;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;

/**
 * Creates the tables in the same way as Spring Boot does for other libraries, but only if a method needs them, and
 * after other components that create tables: an application without idempotent methods gets no tables.
 */
public final class Tables implements Runnable {

    private static final String SCRIPT = "classpath:dev/retrykit/spring/idempotency/store/jdbc/schema-@@platform@@.sql";

    private final DataSource dataSource;
    private final InitializeSchema when;

    /** Creates an initializer for a database. */
    public Tables(DataSource dataSource, InitializeSchema when) {
        this.dataSource = dataSource;
        this.when = when;
    }

    @Override
    public void run() {
        if (when == InitializeSchema.NEVER) {
            return;
        }
        DatabaseInitializationSettings settings = new DatabaseInitializationSettings();
        settings.setSchemaLocations(new PlatformPlaceholderDatabaseDriverResolver()
                .withDriverPlatform(DatabaseDriver.MARIADB, "mysql")
                .resolveAll(dataSource, SCRIPT));
        settings.setMode(DatabaseInitializationMode.valueOf(when.name()));
        new DataSourceScriptDatabaseInitializer(dataSource, settings).initializeDatabase();
    }
}
