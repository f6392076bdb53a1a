package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.arangodb.ArangoDBException;
import com.arangodb.ArangoDBMultipleException;
import com.arangodb.entity.ErrorEntity;
import com.influxdb.exceptions.InfluxException;
import com.influxdb.exceptions.NotFoundException;
import com.influxdb.exceptions.ServiceUnavailableException;
import com.influxdb.exceptions.UnauthorizedException;
import com.influxdb.query.exceptions.FluxCsvParserException;
import com.influxdb.query.exceptions.FluxQueryException;
import io.milvus.exception.ClientNotConnectedException;
import io.milvus.exception.IllegalResponseException;
import io.milvus.exception.ParamException;
import io.milvus.v2.exception.ErrorCode;
import io.milvus.v2.exception.MilvusClientException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.ResponseBody;
import org.apache.tinkerpop.gremlin.driver.exception.ConnectionException;
import org.apache.tinkerpop.gremlin.driver.exception.NoHostAvailableException;
import org.apache.tinkerpop.gremlin.driver.exception.ResponseException;
import org.apache.tinkerpop.gremlin.util.message.ResponseStatusCode;
import org.influxdb.InfluxDBException;
import org.influxdb.InfluxDBIOException;
import org.influxdb.InfluxDBMapperException;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import retrofit2.Response;

/** What failures of Gremlin, ArangoDB, InfluxDB, Milvus and RocksDB mean. */
class DatabaseTests extends BookTests {

    private static final ConnectException REFUSED = new ConnectException("Connection refused");

    static Stream<Row> rows() {
        return all(gremlin(), arango(), influx(), influxOne(), milvus(), rocks());
    }

    private static Stream<Row> gremlin() {
        return all(
                Stream.of(ResponseStatusCode.values())
                        .filter(code -> !code.isSuccess())
                        .map(DatabaseTests::answer),
                each(
                        "Gremlin",
                        "transient",
                        new ResponseException(
                                ResponseStatusCode.SERVER_ERROR, "{\"code\":\"ConcurrentModificationException\"}"),
                        new NoHostAvailableException("x"),
                        new NoHostAvailableException(REFUSED),
                        new ConnectionException(
                                URI.create("ws://h"), InetSocketAddress.createUnresolved("h", 1), "x")));
    }

    private static Row answer(ResponseStatusCode code) {
        String expected = switch (code) {
            case TOO_MANY_REQUESTS -> "throttled";
            case SERVER_ERROR_TEMPORARY, SERVER_ERROR_TIMEOUT -> "transient";
            case UNAUTHORIZED, FORBIDDEN, AUTHENTICATE -> "neutral";
            case SERVER_ERROR -> "permanent";
            default -> "answered";
        };
        return row("Gremlin: " + code, new ResponseException(code, "x"), expected);
    }

    private static Stream<Row> arango() {
        return Stream.of(
                row("ArangoDB: write conflict", arango(409, 1200), "transient status 409"),
                row("ArangoDB: unique constraint", arango(409, 1210), "answered status 409"),
                row("ArangoDB: lock timeout", arango(500, 18), "transient status 500"),
                row("ArangoDB: deadlock", arango(409, 29), "transient status 409"),
                row("ArangoDB: queue full", arango(503, 21003), "throttled status 503"),
                row("ArangoDB: queue too long", arango(412, 21004), "throttled status 412"),
                row("ArangoDB: precondition", arango(412, 1200 + 2), "answered status 412"),
                row("ArangoDB: not the leader", arango(503, 1496), "transient status 503"),
                row("ArangoDB: wrong password", arango(401, 11), "neutral status 401"),
                row("ArangoDB: not found", new ArangoDBException("x", 404), "answered status 404"),
                row("ArangoDB: refused", ArangoDBException.of(REFUSED), "transient"),
                row("ArangoDB: no code", new ArangoDBException("x"), "unknown"),
                row(
                        "ArangoDB: all hosts refused",
                        new ArangoDBMultipleException(List.of(REFUSED, REFUSED)),
                        "transient"),
                row(
                        "ArangoDB: all hosts, one answered",
                        new ArangoDBMultipleException(List.of(REFUSED, arango(404, 1202))),
                        "answered status 404"));
    }

    private static Stream<Row> influx() {
        return Stream.of(
                row("InfluxDB: busy", new ServiceUnavailableException(http(503, "7")), "transient after 7s status 503"),
                row("InfluxDB: too many", new InfluxException(http(429, "2")), "throttled after 2s status 429"),
                row("InfluxDB: no bucket", new NotFoundException(http(404, null)), "answered status 404"),
                row("InfluxDB: wrong token", new UnauthorizedException(http(401, null)), "neutral status 401"),
                row("InfluxDB: refused", new InfluxException(REFUSED), "transient"),
                row("InfluxDB: other", new InfluxException("x"), "unknown"),
                row("InfluxDB: query", new FluxQueryException("x", 897), "answered"),
                row("InfluxDB: odd answer", new FluxCsvParserException("x"), "permanent"));
    }

    private static Stream<Row> influxOne() {
        return Stream.of(
                row("InfluxDB 1: refused", new InfluxDBIOException(new IOException("x")), "transient"),
                row("InfluxDB 1: worth it", new InfluxDBException("timeout"), "transient"),
                row("InfluxDB 1: no database", influx("database not found: \"x\""), "answered"),
                row("InfluxDB 1: type conflict", influx("field type conflict"), "answered"),
                row("InfluxDB 1: full cache", influx("cache-max-memory-size exceeded"), "throttled"),
                row("InfluxDB 1: no right", new InfluxDBException.AuthorizationFailedException("x"), "neutral"),
                row("InfluxDB 1: mapper", new InfluxDBMapperException("x"), "neutral"));
    }

    private static Stream<Row> milvus() {
        return all(
                each(
                        "Milvus",
                        "transient",
                        new MilvusClientException(ErrorCode.TIMEOUT, "x"),
                        new MilvusClientException(ErrorCode.RPC_ERROR, "x"),
                        new MilvusClientException(ErrorCode.SERVER_ERROR, "service not ready", 1, 0),
                        new MilvusClientException(ErrorCode.SERVER_ERROR, REFUSED),
                        new ClientNotConnectedException("x")),
                each(
                        "Milvus",
                        "throttled",
                        new MilvusClientException(ErrorCode.SERVER_ERROR, "rate limit exceeded", 8, 0)),
                each(
                        "Milvus",
                        "answered",
                        new MilvusClientException(ErrorCode.COLLECTION_NOT_FOUND, "x"),
                        new MilvusClientException(ErrorCode.SERVER_ERROR, "collection not found", 100, 0),
                        new MilvusClientException(ErrorCode.SERVER_ERROR, "invalid parameter", 1100, 0)),
                each(
                        "Milvus",
                        "permanent",
                        new MilvusClientException(ErrorCode.SERVER_ERROR, "disk quota", 7, 0),
                        new IllegalResponseException("x")),
                each(
                        "Milvus",
                        "neutral",
                        new MilvusClientException(ErrorCode.INVALID_PARAMS, "x"),
                        new MilvusClientException(ErrorCode.CLIENT_ERROR, "x"),
                        new ParamException("x")),
                Stream.of(row(
                        "Milvus: future",
                        new ExecutionException(new MilvusClientException(ErrorCode.TIMEOUT, "x")),
                        "transient")));
    }

    private static Stream<Row> rocks() {
        return all(
                each(
                        "RocksDB",
                        "transient",
                        rocks(Status.Code.Busy),
                        rocks(Status.Code.TryAgain),
                        rocks(Status.Code.TimedOut)),
                each("RocksDB", "answered", rocks(Status.Code.NotFound), rocks(Status.Code.InvalidArgument)),
                each(
                        "RocksDB",
                        "permanent",
                        rocks(Status.Code.Corruption),
                        rocks(Status.Code.IOError),
                        new RocksDBException("x")));
    }

    private static Throwable rocks(Status.Code code) {
        return new RocksDBException(code.name(), new Status(code, Status.SubCode.None, null));
    }

    /** Made of JSON alone. */
    private static ArangoDBException arango(int status, int number) {
        ErrorEntity entity = mock(ErrorEntity.class);
        when(entity.getCode()).thenReturn(status);
        when(entity.getErrorNum()).thenReturn(number);
        return new ArangoDBException(entity);
    }

    private static Throwable influx(String message) {
        return InfluxDBException.buildExceptionForErrorState("{\"error\":\"" + message.replace("\"", "") + "\"}");
    }

    private static Response<?> http(int status, String retryAfter) {
        okhttp3.Response.Builder answer = new okhttp3.Response.Builder()
                .request(new Request.Builder().url("http://influx.example.org").build())
                .protocol(Protocol.HTTP_1_1)
                .code(status)
                .message("x");
        if (retryAfter != null) {
            answer.header("Retry-After", retryAfter);
        }
        return Response.error(ResponseBody.create("{}", null), answer.build());
    }
}
