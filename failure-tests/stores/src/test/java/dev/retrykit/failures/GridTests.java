package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.apache.ignite.IgniteAuthenticationException;
import org.apache.ignite.IgniteCacheRestartingException;
import org.apache.ignite.IgniteClientDisconnectedException;
import org.apache.ignite.IgniteDataStreamerTimeoutException;
import org.apache.ignite.IgniteDeploymentException;
import org.apache.ignite.IgniteException;
import org.apache.ignite.IgniteInterruptedException;
import org.apache.ignite.cache.CacheExistsException;
import org.apache.ignite.cache.CachePartialUpdateException;
import org.apache.ignite.cache.CacheServerNotFoundException;
import org.apache.ignite.cache.query.QueryCancelledException;
import org.apache.ignite.cache.query.QueryRetryException;
import org.apache.ignite.client.ClientAuthenticationException;
import org.apache.ignite.client.ClientAuthorizationException;
import org.apache.ignite.client.ClientConnectionException;
import org.apache.ignite.client.ClientException;
import org.apache.ignite.client.ClientFeatureNotSupportedByServerException;
import org.apache.ignite.client.ClientReconnectedException;
import org.apache.ignite.cluster.ClusterGroupEmptyException;
import org.apache.ignite.cluster.ClusterTopologyException;
import org.apache.ignite.compute.ComputeExecutionRejectedException;
import org.apache.ignite.compute.ComputeTaskCancelledException;
import org.apache.ignite.compute.ComputeTaskTimeoutException;
import org.apache.ignite.internal.client.thin.ClientServerError;
import org.apache.ignite.internal.processors.cache.CachePartialUpdateCheckedException;
import org.apache.ignite.lang.IgniteFutureCancelledException;
import org.apache.ignite.lang.IgniteFutureTimeoutException;
import org.apache.ignite.transactions.TransactionDeadlockException;
import org.apache.ignite.transactions.TransactionHeuristicException;
import org.apache.ignite.transactions.TransactionOptimisticException;
import org.apache.ignite.transactions.TransactionRollbackException;
import org.apache.ignite.transactions.TransactionTimeoutException;
import org.infinispan.client.hotrod.event.IncorrectClientListenerException;
import org.infinispan.client.hotrod.exceptions.CacheNotTransactionalException;
import org.infinispan.client.hotrod.exceptions.HotRodClientException;
import org.infinispan.client.hotrod.exceptions.HotRodTimeoutException;
import org.infinispan.client.hotrod.exceptions.InvalidResponseException;
import org.infinispan.client.hotrod.exceptions.ParallelOperationException;
import org.infinispan.client.hotrod.exceptions.RemoteCacheManagerNotStartedException;
import org.infinispan.client.hotrod.exceptions.RemoteIllegalLifecycleStateException;
import org.infinispan.client.hotrod.exceptions.RemoteNodeSuspectException;
import org.infinispan.client.hotrod.exceptions.TransportException;
import org.infinispan.commons.IllegalLifecycleStateException;
import org.infinispan.commons.TimeoutException;
import org.infinispan.commons.marshall.MarshallingException;
import org.infinispan.commons.util.concurrent.CacheBackpressureFullException;
import org.infinispan.interceptors.impl.ContainerFullException;
import org.infinispan.partitionhandling.AvailabilityException;
import org.infinispan.persistence.spi.StoreUnavailableException;
import org.infinispan.remoting.transport.jgroups.SuspectException;
import org.infinispan.statetransfer.OutdatedTopologyException;
import org.infinispan.transaction.WriteSkewException;
import org.infinispan.util.concurrent.locks.DeadlockDetectedException;
import org.infinispan.xsite.BackupFailureException;

/** What failures of Infinispan and Ignite mean. */
class GridTests extends BookTests {

    private static final String INFINISPAN = "Infinispan";
    private static final String IGNITE = "Ignite";

    static Stream<Row> rows() {
        return all(infinispan(), infinispanOthers(), ignite(), igniteOthers(), thin());
    }

    private static Stream<Row> infinispan() {
        return each(
                INFINISPAN,
                "transient",
                new TransportException(new SocketTimeoutException("x"), null),
                new TransportException("ISPN004071: Connection was closed while waiting for response", null),
                new RemoteNodeSuspectException("x", 1, (short) 0x87),
                new RemoteIllegalLifecycleStateException("x", 1, (short) 0x88, null),
                new HotRodTimeoutException("x", 1, 0x86),
                new ParallelOperationException("x"),
                new HotRodClientException(
                        "org.infinispan.partitionhandling.AvailabilityException: ISPN000306: x", 1, 0x85),
                new HotRodClientException("x", new IOException("Connection reset")),
                new TimeoutException("ISPN000299: Unable to acquire lock"),
                new IllegalLifecycleStateException("x"),
                new AvailabilityException("x"),
                new SuspectException("x"),
                OutdatedTopologyException.RETRY_NEXT_TOPOLOGY,
                new DeadlockDetectedException("x"),
                new WriteSkewException("x", "key"),
                new StoreUnavailableException("x"),
                new MarshallingException("x", new SocketTimeoutException("x")));
    }

    private static Stream<Row> infinispanOthers() {
        return all(
                each(INFINISPAN, "throttled", new CacheBackpressureFullException("x")),
                each(
                        INFINISPAN,
                        "permanent",
                        new InvalidResponseException("x"),
                        new HotRodClientException("java.lang.NullPointerException", 1, 0x85),
                        new ContainerFullException("x")),
                each(
                        INFINISPAN,
                        "neutral",
                        new CacheNotTransactionalException("x"),
                        new RemoteCacheManagerNotStartedException("x"),
                        new IncorrectClientListenerException("x"),
                        new MarshallingException("x")),
                each(INFINISPAN, "unknown-effect", new BackupFailureException("cache")),
                each(INFINISPAN, "unknown", new HotRodClientException("x")));
    }

    private static Stream<Row> ignite() {
        return all(
                each(
                        IGNITE,
                        "transient",
                        new IgniteClientDisconnectedException(null, "x"),
                        new ClusterTopologyException("x"),
                        new ClusterGroupEmptyException("x"),
                        new CacheServerNotFoundException("x"),
                        new CacheException(new ClusterTopologyException("x")),
                        new QueryRetryException("t"),
                        new IgniteCacheRestartingException("c"),
                        new IgniteDataStreamerTimeoutException("x"),
                        new IgniteFutureTimeoutException("x"),
                        new TransactionOptimisticException("x"),
                        new TransactionDeadlockException("x"),
                        new TransactionTimeoutException("x"),
                        new TransactionRollbackException("x")),
                each(
                        IGNITE,
                        "unknown-effect",
                        new CachePartialUpdateException(new CachePartialUpdateCheckedException("x")),
                        new TransactionHeuristicException("x"),
                        new ComputeTaskTimeoutException("x")));
    }

    private static Stream<Row> igniteOthers() {
        return all(
                each(
                        IGNITE,
                        "neutral",
                        new QueryCancelledException(),
                        new IgniteAuthenticationException("x"),
                        new org.apache.ignite.plugin.security.SecurityException("x"),
                        new IgniteInterruptedException("x"),
                        new IgniteFutureCancelledException("x"),
                        new ComputeTaskCancelledException("x")),
                each(IGNITE, "interrupted", new IgniteInterruptedException(new InterruptedException())),
                each(IGNITE, "throttled", new ComputeExecutionRejectedException("x")),
                each(IGNITE, "answered", new CacheExistsException("x")),
                each(IGNITE, "permanent", new IgniteDeploymentException("x")),
                each(IGNITE, "unknown", new IgniteException("x")));
    }

    private static Stream<Row> thin() {
        return all(
                each(
                        "Ignite's thin client",
                        "transient",
                        new ClientConnectionException("x"),
                        new ClientReconnectedException("x"),
                        server(10),
                        server(11)),
                each("Ignite's thin client", "throttled", server(1010), server(1020), server(1030)),
                each(
                        "Ignite's thin client",
                        "neutral",
                        new ClientAuthenticationException("x"),
                        new ClientAuthorizationException(),
                        new ClientFeatureNotSupportedByServerException("x"),
                        server(1012),
                        server(2000)),
                each("Ignite's thin client", "answered", server(1000), server(1001), server(1021)),
                each("Ignite's thin client", "permanent", server(1)));
    }

    /** The class within can't be made outside of its package. */
    private static Throwable server(int code) {
        ClientServerError error = mock(ClientServerError.class);
        when(error.getCode()).thenReturn(code);
        when(error.getStackTrace()).thenReturn(new StackTraceElement[0]);
        return new ClientException("Ignite failed to process request, " + code, error);
    }
}
