package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.geode.SerializationException;
import org.apache.geode.cache.CacheClosedException;
import org.apache.geode.cache.CacheLoaderException;
import org.apache.geode.cache.CommitConflictException;
import org.apache.geode.cache.CommitIncompleteException;
import org.apache.geode.cache.EntryExistsException;
import org.apache.geode.cache.EntryNotFoundException;
import org.apache.geode.cache.LowMemoryException;
import org.apache.geode.cache.PartitionedRegionStorageException;
import org.apache.geode.cache.RegionDestroyedException;
import org.apache.geode.cache.TimeoutException;
import org.apache.geode.cache.TransactionDataNodeHasDepartedException;
import org.apache.geode.cache.TransactionDataRebalancedException;
import org.apache.geode.cache.TransactionInDoubtException;
import org.apache.geode.cache.client.AllConnectionsInUseException;
import org.apache.geode.cache.client.NoAvailableLocatorsException;
import org.apache.geode.cache.client.NoAvailableServersException;
import org.apache.geode.cache.client.ServerConnectivityException;
import org.apache.geode.cache.client.ServerOperationException;
import org.apache.geode.cache.client.ServerRefusedConnectionException;
import org.apache.geode.cache.client.SubscriptionNotEnabledException;
import org.apache.geode.cache.execute.FunctionException;
import org.apache.geode.cache.execute.FunctionInvocationTargetException;
import org.apache.geode.cache.partition.PartitionNotAvailableException;
import org.apache.geode.cache.query.NameNotFoundException;
import org.apache.geode.cache.query.QueryExecutionLowMemoryException;
import org.apache.geode.cache.query.QueryInvalidException;
import org.apache.geode.security.AuthenticationFailedException;
import org.apache.geode.security.NotAuthorizedException;
import org.jspecify.annotations.Nullable;

/** What failures of Geode and GemFire mean. */
class GeodeTests extends BookTests {

    private static final String LIB = "Geode";

    static Stream<Row> rows() {
        return all(transients(), others());
    }

    private static Stream<Row> transients() {
        return each(
                LIB,
                "transient",
                new ServerConnectivityException("Pool unexpected closed socket on server connection"),
                new NoAvailableServersException(),
                new NoAvailableLocatorsException("x"),
                new AllConnectionsInUseException(),
                new ServerRefusedConnectionException(null, "x"),
                onServer(new LowMemoryException("x", Set.of())),
                new TimeoutException("x"),
                new LowMemoryException("x", Set.of()),
                new PartitionedRegionStorageException("x"),
                new PartitionNotAvailableException("x"),
                new CommitConflictException("x"),
                new TransactionDataRebalancedException("x"),
                new TransactionDataNodeHasDepartedException("x"),
                new QueryExecutionLowMemoryException("x"),
                new CacheLoaderException("x", new IOException("Connection reset")));
    }

    private static Stream<Row> others() {
        return all(
                each(
                        LIB,
                        "unknown-effect",
                        new TransactionInDoubtException("x"),
                        new CommitIncompleteException("x"),
                        new FunctionInvocationTargetException("x")),
                each(
                        LIB,
                        "answered",
                        new EntryNotFoundException("x"),
                        new EntryExistsException("x", null),
                        new RegionDestroyedException("x", "/r"),
                        new NameNotFoundException("x"),
                        new QueryInvalidException("x"),
                        onServer(new EntryNotFoundException("x"))),
                each(LIB, "permanent", onServer(null), new FunctionException("x")),
                each(
                        LIB,
                        "neutral",
                        new AuthenticationFailedException("x"),
                        new NotAuthorizedException("x"),
                        new SerializationException("x"),
                        new SubscriptionNotEnabledException(),
                        new CacheClosedException("x"),
                        onServer(new NotAuthorizedException("x"))));
    }

    /** Its constructors need the server's logging. */
    private static Throwable onServer(@Nullable Throwable cause) {
        ServerOperationException failure = mock(ServerOperationException.class);
        when(failure.getCause()).thenReturn(cause);
        return failure;
    }
}
