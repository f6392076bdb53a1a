package dev.retrykit.failures;

import static dev.retrykit.failures.DatabaseErrors.mysql;
import static dev.retrykit.failures.DatabaseErrors.oracle;
import static dev.retrykit.failures.DatabaseErrors.postgres;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import liquibase.exception.DatabaseException;
import liquibase.exception.LiquibaseException;
import liquibase.exception.LockException;
import org.apache.ibatis.binding.BindingException;
import org.apache.ibatis.builder.BuilderException;
import org.apache.ibatis.exceptions.PersistenceException;
import org.apache.ibatis.exceptions.TooManyResultsException;
import org.apache.ibatis.executor.BatchExecutorException;
import org.apache.ibatis.type.TypeException;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.internal.exception.FlywaySqlException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.MappingException;
import org.jdbi.v3.core.mapper.NoSuchMapperException;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.DataChangedException;
import org.jooq.exception.DataException;
import org.jooq.exception.DetachedException;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.exception.NoDataFoundException;
import org.jooq.exception.TooManyRowsException;
import org.jooq.impl.DSL;
import org.mybatis.spring.MyBatisSystemException;
import org.springframework.data.relational.core.conversion.DbActionExecutionException;

/** What failures of jOOQ, MyBatis, Jdbi, Spring Data JDBC, Exposed, Flyway and Liquibase mean. */
class DataLibrariesTests extends BookTests {

    private static final SQLException UNCLEAR = new SQLException("?", "HY000");

    static Stream<Row> rows() {
        return Stream.of(jooq(), myBatis(), jdbi(), others(), migrations()).flatMap(rows -> rows);
    }

    private static Stream<Row> jooq() {
        return Stream.of(
                row("jOOQ: 57P01", new DataAccessException("?", postgres("57P01")), "transient"),
                row("jOOQ: 53300", new DataAccessException("?", postgres("53300")), "throttled"),
                row("jOOQ: 23505", new IntegrityConstraintViolationException("?", postgres("23505")), "answered"),
                row("jOOQ: integrity, unclear", new IntegrityConstraintViolationException("?", UNCLEAR), "answered"),
                row("jOOQ: data, unclear", new DataException("?", UNCLEAR), "answered"),
                row("jOOQ: Oracle 54", new DataAccessException("?", oracle(54)), "transient"),
                row("jOOQ: unclear", new DataAccessException("?", UNCLEAR), "unknown"),
                row("jOOQ: record has been changed", new DataChangedException("?"), "transient"),
                row("jOOQ: no data found", new NoDataFoundException("?"), "answered"),
                row("jOOQ: too many rows", new TooManyRowsException("?"), "answered"),
                row("jOOQ: detached", new DetachedException("?"), "neutral"),
                row("jOOQ: mapping", new org.jooq.exception.MappingException("?"), "neutral"),
                row("jOOQ, real: syntax", jooq("selekt 1"), "answered"),
                row("jOOQ, real: parser", parsed("selekt"), "neutral"));
    }

    private static Stream<Row> myBatis() {
        BatchUpdateException batch = new BatchUpdateException("?", "40001", 1213, new int[0], mysql(1213, "40001"));
        return Stream.of(
                row("MyBatis: 57P01", new PersistenceException("?", postgres("57P01")), "transient"),
                row("MyBatis: 23505", new PersistenceException("?", postgres("23505")), "answered"),
                row(
                        "MyBatis: batch",
                        new PersistenceException(new BatchExecutorException("?", batch, List.of(), null)),
                        "transient"),
                row("MyBatis: too many results", new TooManyResultsException("?"), "answered"),
                row("MyBatis: binding", new BindingException("?"), "neutral"),
                row("MyBatis: builder", new BuilderException("?"), "neutral"),
                row("MyBatis: type", new TypeException("?"), "neutral"),
                row(
                        "MyBatis-Spring: MySQL 1040",
                        new MyBatisSystemException(new PersistenceException(mysql(1040, "08004"))),
                        "throttled"));
    }

    private static Stream<Row> jdbi() {
        return Stream.of(
                row("Jdbi: no connection", new ConnectionException(UNCLEAR), "transient"),
                row("Jdbi: no connection, 28P01", new ConnectionException(postgres("28P01")), "neutral"),
                row("Jdbi: mapping", new MappingException("?"), "neutral"),
                row("Jdbi: no mapper", new NoSuchMapperException("?"), "neutral"),
                row("Jdbi, real: syntax", jdbi("selekt 1"), "answered"),
                row("Jdbi, real: no such table", jdbi("select * from nowhere"), "answered"),
                row("Jdbi, real: no result", noResult(), "answered"));
    }

    private static Stream<Row> others() {
        return Stream.of(
                row("Spring Data JDBC: 40P01", new DbActionExecutionException(null, postgres("40P01")), "transient"),
                row("Spring Data JDBC: 23505", new DbActionExecutionException(null, postgres("23505")), "answered"),
                row("Exposed: MySQL 1205", exposed(mysql(1205, "HY000")), "transient"),
                row("Exposed: SQL Server 40501", exposed(DatabaseErrors.sqlServer(40501)), "throttled"),
                row("Exposed: 23505", exposed(postgres("23505")), "answered"));
    }

    private static Stream<Row> migrations() {
        String exceeded = "Number of retries exceeded while attempting to acquire PostgreSQL advisory lock.";
        return Stream.of(
                row("Flyway: lock", new FlywayException(exceeded), "transient"),
                row("Flyway: failed migration", new FlywayException("Migration failed !"), "unknown"),
                row("Flyway: 57P03", new FlywaySqlException("?", postgres("57P03")), "transient"),
                row("Flyway: no connection", noConnection(UNCLEAR), "transient"),
                row("Flyway: no connection, 28P01", noConnection(postgres("28P01")), "neutral"),
                row("Liquibase: lock", new LockException("Could not acquire change log lock."), "transient"),
                row("Liquibase: lock, 42501", new LockException(postgres("42501")), "neutral"),
                row("Liquibase: 57P01", new LiquibaseException(new DatabaseException(postgres("57P01"))), "transient"));
    }

    private static Exception noConnection(SQLException cause) {
        return DatabaseErrors.made(
                "org.flywaydb.core.internal.exception.sqlExceptions.FlywaySqlUnableToConnectToDbException",
                cause,
                null);
    }

    private static Exception exposed(SQLException cause) {
        Object transaction = org.mockito.Mockito.mock(org.jetbrains.exposed.sql.Transaction.class);
        return DatabaseErrors.made(
                "org.jetbrains.exposed.exceptions.ExposedSQLException", cause, List.of(), transaction);
    }

    private static Exception jooq(String sql) {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:jooq")) {
            return thrownBy(() -> DSL.using(connection, SQLDialect.H2).execute(sql));
        } catch (SQLException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private static Exception parsed(String sql) {
        return thrownBy(() -> DSL.using(SQLDialect.H2).parser().parse(sql));
    }

    private static Exception jdbi(String sql) {
        return thrownBy(() -> Jdbi.create("jdbc:h2:mem:jdbi").useHandle(handle -> handle.execute(sql)));
    }

    private static Exception noResult() {
        Jdbi jdbi = Jdbi.create("jdbc:h2:mem:jdbi");
        String create = "create table stock (id int)";
        return thrownBy(() -> jdbi.useHandle(
                handle -> handle.createQuery(create).mapTo(Integer.class).one()));
    }

    private static Exception thrownBy(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException expected) {
            return expected;
        }
        throw new IllegalStateException("Nothing failed.");
    }
}
