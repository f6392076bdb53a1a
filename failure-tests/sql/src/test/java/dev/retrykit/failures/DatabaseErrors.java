package dev.retrykit.failures;

import com.ibm.db2.jcc.am.ErrorKey;
import com.mysql.cj.jdbc.exceptions.SQLError;
import com.sap.db.jdbc.exceptions.SQLExceptionSapDB;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.SQLException;
import java.util.Arrays;
import net.snowflake.client.jdbc.SnowflakeSQLException;
import org.h2.message.DbException;
import org.hsqldb.error.Error;
import org.hsqldb.jdbc.JDBCUtil;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.HostAddress;
import org.mariadb.jdbc.export.ExceptionFactory;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What the drivers throw when their databases report an error, made by the drivers' own code. */
final class DatabaseErrors {

    private DatabaseErrors() {}

    /** Of PostgreSQL, CockroachDB, YugabyteDB. */
    static SQLException postgres(String state) {
        return postgres(state, "an error");
    }

    static SQLException postgres(String state, String message) {
        return new PSQLException(new ServerErrorMessage("SERROR\0C" + state + "\0M" + message + "\0"));
    }

    /** Connector/J's. */
    static SQLException mysql(int code, String state) {
        return SQLError.createSQLException("an error", state, code, null);
    }

    /** Those of MariaDB's driver. */
    static SQLException mariadb(int code, String state) {
        try {
            Configuration configuration = Configuration.parse("jdbc:mariadb://localhost/test");
            return new ExceptionFactory(configuration, HostAddress.from("localhost", 3306))
                    .create("an error", state, code);
        } catch (SQLException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    /** An error with the state 1, which Microsoft's driver tells as S0001 unless it has a better one. */
    static SQLException sqlServer(int number) {
        try {
            Class<?> type = Class.forName("com.microsoft.sqlserver.jdbc.SQLServerError");
            Object error = open(type.getDeclaredConstructor()).newInstance();
            type.getMethod("setErrorNumber", int.class).invoke(error, number);
            type.getMethod("setErrorMessage", String.class).invoke(error, "an error");
            Field state = open(type.getDeclaredField("errorState"));
            state.set(error, 1);
            Class<?> failure = Class.forName("com.microsoft.sqlserver.jdbc.SQLServerException");
            return (SQLException) failure.getConstructor(type).newInstance(error);
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /** An error that the driver itself found. */
    static SQLException sqlServer(String state, String message) {
        return made("com.microsoft.sqlserver.jdbc.SQLServerException", message, state, 0, null);
    }

    /** With the state and the type that ojdbc's own map gives it. */
    static SQLException oracle(int code) {
        return called("oracle.jdbc.driver.DatabaseError", "createSqlException", null, "ORA-%05d".formatted(code), code);
    }

    /** Of jcc. The message's own number is that of a connection failure. */
    static SQLException db2(int code, String state) {
        return db2("com.ibm.db2.jcc.am.SqlException", code, state);
    }

    static SQLException db2(String type, int code, String state) {
        ErrorKey key = made(ErrorKey.class.getName(), "10514", state, code);
        Object container = made("com.ibm.db2.jcc.am.SqlExceptionContainer", null, null, key, null, null, null);
        return made(type, container, null);
    }

    static SQLException h2(int code) {
        return DbException.getJdbcSQLException(code);
    }

    static SQLException hsqldb(int code) {
        return JDBCUtil.sqlException(Error.error(code));
    }

    static SQLException sqlite(SQLiteErrorCode code) {
        return new SQLiteException("an error", code);
    }

    static SQLException snowflake(int code, String state) {
        return new SnowflakeSQLException("an error", state, code);
    }

    static SQLException hana(int code) {
        return SQLExceptionSapDB.newInstanceWithMessage(null, "an error", "HY000", code, 0, null, null);
    }

    /** Of a driver that throws the JDK's own type, as far as its stack trace tells. */
    static SQLException by(String driversClass, int code, String state) {
        SQLException failure = new SQLException("an error", state, code);
        failure.setStackTrace(new StackTraceElement[] {new StackTraceElement(driversClass, "execute", null, 1)});
        return failure;
    }

    /** Made by a constructor that isn't public, found by the number of its arguments and their types. */
    @SuppressWarnings("unchecked")
    static <T> T made(String type, Object... arguments) {
        try {
            for (Constructor<?> constructor : Class.forName(type).getDeclaredConstructors()) {
                if (takes(constructor.getParameterTypes(), arguments)) {
                    return (T) open(constructor).newInstance(arguments);
                }
            }
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException(missing);
        }
        throw new IllegalStateException(type + " has no constructor for " + Arrays.toString(arguments));
    }

    /** What a static method returns that isn't public. */
    @SuppressWarnings("unchecked")
    static <T> T called(String type, String name, Object... arguments) {
        try {
            for (Method method : Class.forName(type).getDeclaredMethods()) {
                if (method.getName().equals(name) && takes(method.getParameterTypes(), arguments)) {
                    return (T) open(method).invoke(null, arguments);
                }
            }
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException(missing);
        }
        throw new IllegalStateException(type + " has no " + name + " for " + Arrays.toString(arguments));
    }

    private static boolean takes(Class<?>[] types, Object[] arguments) {
        boolean fits = types.length == arguments.length;
        for (int i = 0; fits && i < types.length; i++) {
            boolean number = types[i] == int.class && arguments[i] instanceof Integer;
            fits = number || (arguments[i] == null ? !types[i].isPrimitive() : types[i].isInstance(arguments[i]));
        }
        return fits;
    }

    private static <T extends AccessibleObject> T open(T member) {
        member.setAccessible(true);
        return member;
    }
}
