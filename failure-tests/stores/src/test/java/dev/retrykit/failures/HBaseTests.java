package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.hadoop.hbase.CallDroppedException;
import org.apache.hadoop.hbase.CallQueueTooBigException;
import org.apache.hadoop.hbase.DoNotRetryIOException;
import org.apache.hadoop.hbase.HBaseServerException;
import org.apache.hadoop.hbase.MasterNotRunningException;
import org.apache.hadoop.hbase.NamespaceExistException;
import org.apache.hadoop.hbase.NamespaceNotFoundException;
import org.apache.hadoop.hbase.NotAllMetaRegionsOnlineException;
import org.apache.hadoop.hbase.NotServingRegionException;
import org.apache.hadoop.hbase.PleaseHoldException;
import org.apache.hadoop.hbase.RegionTooBusyException;
import org.apache.hadoop.hbase.TableNotFoundException;
import org.apache.hadoop.hbase.UnknownScannerException;
import org.apache.hadoop.hbase.ZooKeeperConnectionException;
import org.apache.hadoop.hbase.client.LockTimeoutException;
import org.apache.hadoop.hbase.client.NoServerForRegionException;
import org.apache.hadoop.hbase.client.OperationTimeoutExceededException;
import org.apache.hadoop.hbase.client.RegionOfflineException;
import org.apache.hadoop.hbase.client.RetriesExhaustedException;
import org.apache.hadoop.hbase.client.RetriesExhaustedWithDetailsException;
import org.apache.hadoop.hbase.client.RowTooBigException;
import org.apache.hadoop.hbase.exceptions.ConnectionClosedException;
import org.apache.hadoop.hbase.exceptions.ConnectionClosingException;
import org.apache.hadoop.hbase.exceptions.FailedSanityCheckException;
import org.apache.hadoop.hbase.exceptions.MasterRegistryFetchException;
import org.apache.hadoop.hbase.exceptions.OutOfOrderScannerNextException;
import org.apache.hadoop.hbase.exceptions.RegionOpeningException;
import org.apache.hadoop.hbase.exceptions.RequestTooBigException;
import org.apache.hadoop.hbase.exceptions.ScannerResetException;
import org.apache.hadoop.hbase.exceptions.TimeoutIOException;
import org.apache.hadoop.hbase.ipc.BadAuthException;
import org.apache.hadoop.hbase.ipc.CallCancelledException;
import org.apache.hadoop.hbase.ipc.CallTimeoutException;
import org.apache.hadoop.hbase.ipc.FailedServerException;
import org.apache.hadoop.hbase.ipc.FatalConnectionException;
import org.apache.hadoop.hbase.ipc.ServerNotRunningYetException;
import org.apache.hadoop.hbase.ipc.ServerTooBusyException;
import org.apache.hadoop.hbase.quotas.QuotaExceededException;
import org.apache.hadoop.hbase.quotas.RpcThrottlingException;
import org.apache.hadoop.hbase.quotas.ThrottlingException;
import org.apache.hadoop.hbase.regionserver.LeaseException;
import org.apache.hadoop.hbase.regionserver.NoSuchColumnFamilyException;
import org.apache.hadoop.hbase.regionserver.RegionServerAbortedException;
import org.apache.hadoop.hbase.regionserver.RegionServerStoppedException;
import org.apache.hadoop.hbase.regionserver.WrongRegionException;
import org.apache.hadoop.hbase.security.AccessDeniedException;

/** What failures of HBase's client mean. */
@SuppressWarnings("deprecation") // failures that their libraries throw still
class HBaseTests extends BookTests {

    private static final String LIB = "HBase";

    static Stream<Row> rows() {
        return all(transients(), throttled(), others(), exhausted());
    }

    private static Stream<Row> transients() {
        return each(
                LIB,
                "transient",
                new HBaseServerException(false, "x"),
                new NotServingRegionException("x"),
                new RegionOpeningException("x"),
                new PleaseHoldException("Master is initializing"),
                new MasterNotRunningException("x"),
                new ZooKeeperConnectionException("x"),
                new NotAllMetaRegionsOnlineException("x"),
                new UnknownScannerException("x"),
                new LeaseException("x"),
                new OutOfOrderScannerNextException("x"),
                new ScannerResetException("x"),
                new ConnectionClosedException("x"),
                new ConnectionClosingException("x"),
                new MasterRegistryFetchException(Set.of(), new IOException("x")),
                new TimeoutIOException("x"),
                new RegionServerStoppedException("x"),
                new RegionServerAbortedException("x"),
                new WrongRegionException("x"),
                new ServerNotRunningYetException("x"),
                new FailedServerException("This server is in the failed servers list"),
                new CallTimeoutException("x"),
                new OperationTimeoutExceededException("x"),
                new NoServerForRegionException("x"),
                new RegionOfflineException("x"),
                new LockTimeoutException("x"));
    }

    private static Stream<Row> throttled() {
        return all(
                each(
                        LIB,
                        "throttled",
                        new HBaseServerException(true, "x"),
                        new CallDroppedException("x"),
                        new CallQueueTooBigException("x"),
                        new RegionTooBusyException("x"),
                        new ServerTooBusyException(new InetSocketAddress("127.0.0.1", 1), 9)),
                each(
                        LIB,
                        "throttled after 2s",
                        new RpcThrottlingException(RpcThrottlingException.Type.NumRequestsExceeded, 2000, "x"),
                        new ThrottlingException(ThrottlingException.Type.NumRequestsExceeded, 2000, "x")));
    }

    private static Stream<Row> others() {
        return all(
                each(
                        LIB,
                        "answered",
                        new NamespaceExistException("x"),
                        new TableNotFoundException("t"),
                        new NamespaceNotFoundException("n"),
                        new NoSuchColumnFamilyException("f"),
                        new RowTooBigException("x"),
                        new RequestTooBigException("x"),
                        new FailedSanityCheckException("x"),
                        new QuotaExceededException("x")),
                each(
                        LIB,
                        "neutral",
                        new AccessDeniedException("x"),
                        new BadAuthException("x"),
                        new CallCancelledException("x")),
                each(LIB, "permanent", new DoNotRetryIOException("x"), new FatalConnectionException("x")));
    }

    private static Stream<Row> exhausted() {
        IOException slow = new SocketTimeoutException("callTimeout=60000");
        return Stream.of(
                row("HBase: retries exhausted", new RetriesExhaustedException("x", slow), "transient"),
                row("HBase: retries exhausted, no cause", new RetriesExhaustedException("x"), "transient"),
                row(
                        "HBase: retries exhausted, no right",
                        new RetriesExhaustedException("x", new AccessDeniedException("x")),
                        "neutral"),
                row("HBase: part of a batch", details(slow), "unknown-effect"),
                row("HBase: don't retry, lost", new DoNotRetryIOException("x", slow), "transient"),
                row("HBase: future", new ExecutionException(new TableNotFoundException("t")), "answered"));
    }

    private static Throwable details(Throwable cause) {
        return new RetriesExhaustedWithDetailsException(List.of(cause), List.of(), List.of("server"));
    }
}
