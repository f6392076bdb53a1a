package dev.retrykit.spring.idempotency.jdbc;

import java.util.Collection;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.transaction.ConfigurableTransactionManager;

/** The transaction managers of an application. */
public final class Managers {

    private Managers() {}

    /** A store in a database, whose fence is in the managers that begin transactions on the same data source. */
    public static JdbcStore store(
            DataSource dataSource, Supplier<Collection<ConfigurableTransactionManager>> managers, Runnable makeTables) {
        DataSource plain = FencePostProcessor.plain(dataSource);
        return new JdbcStore(
                plain,
                () -> managers.get().stream().anyMatch(manager -> FencePostProcessor.dataSource(manager) == plain),
                makeTables);
    }
}
