package dev.retrykit.spring.idempotency.store.jdbc;

import dev.retrykit.spring.settings.IdempotencySettings.InitializeSchema;
import javax.sql.DataSource;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.jdbc.init.PlatformPlaceholderDatabaseDriverResolver;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;

/**
 * Makes the tables as Spring Boot does for other libraries, but only when a method is there that needs them, and after
 * whoever else makes tables: an application without idempotent methods gets none.
 */
public final class Tables implements Runnable {

    private static final String SCRIPT = "classpath:dev/retrykit/spring/idempotency/store/jdbc/schema-@@platform@@.sql";

    private final DataSource dataSource;
    private final InitializeSchema when;

    /** In a database. */
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
