package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;

import com.mongodb.DuplicateKeyException;
import com.mongodb.MongoChangeStreamException;
import com.mongodb.MongoClientException;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoConfigurationException;
import com.mongodb.MongoConnectionPoolClearedException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoCursorNotFoundException;
import com.mongodb.MongoException;
import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.MongoGridFSException;
import com.mongodb.MongoIncompatibleDriverException;
import com.mongodb.MongoInternalException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoOperationTimeoutException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoServerUnavailableException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoSocketOpenException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.MongoSocketWriteException;
import com.mongodb.MongoStalePrimaryException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoUpdatedEncryptedFieldsException;
import com.mongodb.ServerAddress;
import com.mongodb.WriteConcernException;
import com.mongodb.WriteConcernResult;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ClusterConnectionMode;
import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ClusterId;
import com.mongodb.connection.ClusterType;
import com.mongodb.connection.ServerId;
import com.mongodb.reactivestreams.client.ListDatabasesPublisher;
import com.mongodb.spi.dns.DnsException;
import com.mongodb.spi.dns.DnsWithResponseCodeException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.Document;
import reactor.core.publisher.Mono;

/** What failures of MongoDB's driver mean. */
class MongoTests extends BookTests {

    static final ServerAddress SERVER = new ServerAddress("mongo.example.org");
    static final String COMMIT = "UnknownTransactionCommitResult";
    static final String WRITE = "RetryableWriteError";
    static final String TRANSACTION = "TransientTransactionError";
    private static final String LIB = "MongoDB";

    static Stream<Row> rows() {
        return all(labels(), connections(), commands(), others(), real());
    }

    private static Stream<Row> labels() {
        return Stream.of(
                row("a commit of unknown result", labelled(lost(), COMMIT, WRITE), "unknown-effect"),
                row("a commit that timed out", labelled(command(50), COMMIT), "unknown-effect"),
                row("a commit, no server", labelled(new MongoTimeoutException("no server"), COMMIT), "unknown-effect"),
                row("a commit, not sent", labelled(open(), COMMIT), "unknown-effect"),
                row("a commit, CSOT", labelled(new MongoOperationTimeoutException("over"), COMMIT), "unknown-effect"),
                row("a commit, stopped", labelled(maxTime(), COMMIT), "unknown-effect"),
                row(
                        "a commit, stepping down",
                        labelled(new MongoNotPrimaryException(answer(10107), SERVER), COMMIT),
                        "unknown-effect"),
                row(
                        "a commit, recovering",
                        labelled(new MongoNodeIsRecoveringException(answer(91), SERVER), COMMIT),
                        "unknown-effect"),
                row("a commit, pool cleared", labelled(cleared(), COMMIT), "unknown-effect"),
                row(
                        "a commit, server gone",
                        labelled(new MongoServerUnavailableException("gone"), COMMIT),
                        "unknown-effect"),
                row("lost inside of a transaction", labelled(lost(), TRANSACTION), "transient"),
                row("lost during a write that the driver has repeated", labelled(lost(), WRITE), "unknown-effect"),
                row("lost during what may be a read", lost(), "transient"),
                row("a conflict inside of a transaction", labelled(command(112), TRANSACTION), "transient"),
                row("a transaction that the server dropped", labelled(command(251), TRANSACTION), "transient"),
                row("a transaction that isn't known", command(251), "answered"),
                row("a write refused at shutdown", labelled(command(91), WRITE), "transient"),
                row("a write with an unlisted code", labelled(command(9999), WRITE), "transient"),
                row("overload", labelled(command(462), "SystemOverloadedError", "RetryableError"), "throttled"),
                row("a change stream to resume", labelled(command(280), "ResumableChangeStreamError"), "transient"),
                row("an unknown label", labelled(command(2), "Other"), "answered"),
                row("a plain failure with a label", labelled(new MongoException("x"), TRANSACTION), "transient"),
                row("a plain failure with a code", new MongoException(189, "stepped down"), "transient"),
                row(
                        "a plain failure, 429 of Cosmos DB",
                        new MongoException(16500, "Request rate is large"),
                        "throttled"),
                row(
                        "a plain failure with a cause",
                        new MongoException("x", new SocketTimeoutException("x")),
                        "transient"),
                row("a plain failure", new MongoException("x"), "unknown"),
                row("a future's", new ExecutionException(labelled(lost(), COMMIT)), "unknown-effect"),
                row("an application's wrapper", new IllegalStateException("x", command(11000)), "answered"));
    }

    private static Stream<Row> connections() {
        return all(
                each(
                        LIB,
                        "transient",
                        open(),
                        new MongoSocketWriteException("x", SERVER, new IOException("Broken pipe")),
                        new MongoSocketReadTimeoutException("x", SERVER, new SocketTimeoutException("x")),
                        new MongoSocketException("mongo.example.org", SERVER),
                        new MongoTimeoutException("Timed out while waiting for a server"),
                        new MongoOperationTimeoutException("Operation exceeded the timeout limit"),
                        maxTime(),
                        new MongoNotPrimaryException(answer(10107), SERVER),
                        new MongoNodeIsRecoveringException(answer(11600), SERVER),
                        new MongoStalePrimaryException("x"),
                        new MongoCursorNotFoundException(7, answer(43), SERVER),
                        cleared(),
                        new MongoServerUnavailableException("The server is no longer available"),
                        new DnsException("x", new IOException("x")),
                        new DnsWithResponseCodeException("x", 2, new IOException("x"))),
                each(LIB, "neutral", new DnsWithResponseCodeException("NXDOMAIN", 3, new IOException("x"))));
    }

    private static Stream<Row> commands() {
        int[] again = {6, 7, 89, 91, 134, 189, 262, 9001, 13435, 13436, 11600, 11602, 10107, 10058};
        int[] more = {24, 43, 46, 50, 63, 112, 117, 133, 136, 150, 175, 202, 237, 246, 13388};
        int[] answers = {2, 9, 26, 48, 59, 121, 11000, 11601};
        return all(
                codes(again, "transient"),
                codes(more, "transient"),
                codes(answers, "answered"),
                codes(new int[] {13, 18, 8000}, "neutral"),
                codes(new int[] {1, 8, 14031}, "permanent"),
                codes(new int[] {16500, 462}, "throttled"));
    }

    private static Stream<Row> codes(int[] codes, String expected) {
        return java.util.Arrays.stream(codes)
                .mapToObj(code -> row("MongoDB: command " + code, command(code), expected));
    }

    private static Stream<Row> others() {
        MongoCredential user = MongoCredential.createCredential("u", "admin", "p".toCharArray());
        WriteConcernResult none = WriteConcernResult.unacknowledged();
        return Stream.of(
                row(
                        "wrong password",
                        new MongoSecurityException(user, "Exception authenticating", command(18)),
                        "neutral"),
                row("login, no cause", new MongoSecurityException(user, "Exception authenticating"), "neutral"),
                row(
                        "lost during the login",
                        new MongoSecurityException(user, "Exception authenticating", lost()),
                        "transient"),
                row("bad configuration", new MongoConfigurationException("x"), "neutral"),
                row(
                        "no DNS",
                        new MongoConfigurationException("x", new DnsException("x", new IOException("x"))),
                        "transient"),
                row("a mistake in the use of the client", new MongoClientException("x"), "neutral"),
                row(
                        "a client's failure with a cause",
                        new MongoClientException("x", new ConnectException("x")),
                        "transient"),
                row("interrupted", new MongoInterruptedException("x", new InterruptedException()), "interrupted"),
                row("interrupted, they say", new MongoInterruptedException("x", null), "neutral"),
                row("an old server", new MongoIncompatibleDriverException("x", cluster()), "permanent"),
                row("internal", new MongoInternalException("x"), "permanent"),
                row(
                        "internal, lost",
                        new MongoInternalException("x", new IOException("Connection reset")),
                        "transient"),
                row("change stream without token", new MongoChangeStreamException("x"), "neutral"),
                row("GridFS: no file", new MongoGridFSException("No file found"), "answered"),
                row("GridFS: lost", new MongoGridFSException("x", lost()), "transient"),
                row(
                        "encrypted fields",
                        new MongoUpdatedEncryptedFieldsException(new BsonDocument(), "x", command(48)),
                        "answered"),
                row(
                        "encrypted fields, odd",
                        new MongoUpdatedEncryptedFieldsException(new BsonDocument(), "x", new Error()),
                        "permanent"),
                row(
                        "old write: timeout of replicas",
                        new WriteConcernException(answer(64), SERVER, none),
                        "unknown-effect"),
                row("old write: refused", new WriteConcernException(answer(121), SERVER, none), "answered"),
                row("old write: duplicate", new DuplicateKeyException(answer(11000), SERVER, none), "answered"));
    }

    /** Nobody listens. */
    private static Stream<Row> real() {
        MongoClientSettings settings = MongoClientSettings.builder()
                .applyToClusterSettings(cluster -> cluster.hosts(List.of(new ServerAddress("localhost", freePort())))
                        .serverSelectionTimeout(100, TimeUnit.MILLISECONDS))
                .build();
        return Stream.of(
                row("MongoDB: nothing listens", caught(settings), "transient"),
                row("MongoDB: nothing listens, reactive", caughtReactively(settings), "transient"));
    }

    private static Throwable caught(MongoClientSettings settings) {
        try (MongoClient client = MongoClients.create(settings)) {
            client.getDatabase("d").getCollection("c").insertOne(new Document("a", 1));
            throw new IllegalStateException("somebody listens");
        } catch (MongoException expected) {
            return expected;
        }
    }

    private static Throwable caughtReactively(MongoClientSettings settings) {
        try (var client = com.mongodb.reactivestreams.client.MongoClients.create(settings)) {
            ListDatabasesPublisher<Document> names = client.listDatabases();
            return Mono.from(names)
                    .map(name -> new Throwable())
                    .cast(Throwable.class)
                    .onErrorResume(Mono::just)
                    .block();
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static <T extends MongoException> T labelled(T failure, String... labels) {
        List.of(labels).forEach(failure::addLabel);
        return failure;
    }

    static MongoSocketReadException lost() {
        return new MongoSocketReadException("Prematurely reached end of stream", SERVER);
    }

    private static MongoSocketOpenException open() {
        return new MongoSocketOpenException(
                "Exception opening socket", SERVER, new ConnectException("Connection refused"));
    }

    private static MongoExecutionTimeoutException maxTime() {
        return new MongoExecutionTimeoutException(50, "operation exceeded time limit");
    }

    private static MongoConnectionPoolClearedException cleared() {
        return new MongoConnectionPoolClearedException(new ServerId(new ClusterId(), SERVER), null);
    }

    private static ClusterDescription cluster() {
        return new ClusterDescription(ClusterConnectionMode.SINGLE, ClusterType.UNKNOWN, List.of());
    }

    static MongoCommandException command(int code) {
        return new MongoCommandException(answer(code), SERVER);
    }

    private static BsonDocument answer(int code) {
        return new BsonDocument("ok", new BsonInt32(0))
                .append("code", new BsonInt32(code))
                .append("errmsg", new BsonString("code " + code))
                .append("errorLabels", new BsonArray());
    }
}
