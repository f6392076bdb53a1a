package dev.retrykit.failures;

import static dev.retrykit.failures.MongoTests.COMMIT;
import static dev.retrykit.failures.MongoTests.SERVER;
import static dev.retrykit.failures.MongoTests.TRANSACTION;
import static dev.retrykit.failures.MongoTests.WRITE;
import static dev.retrykit.failures.MongoTests.command;
import static dev.retrykit.failures.MongoTests.labelled;
import static dev.retrykit.failures.MongoTests.lost;
import static dev.retrykit.failures.StoreRows.all;

import com.mongodb.ClientBulkWriteException;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoClientException;
import com.mongodb.MongoException;
import com.mongodb.MongoInternalException;
import com.mongodb.MongoSocketWriteException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.MongoWriteException;
import com.mongodb.WriteConcernResult;
import com.mongodb.WriteError;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.bulk.WriteConcernError;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonInvalidOperationException;
import org.bson.codecs.configuration.CodecConfigurationException;
import org.springframework.data.mongodb.BulkOperationException;
import org.springframework.data.mongodb.ClientSessionException;
import org.springframework.data.mongodb.InvalidMongoDbApiUsageException;
import org.springframework.data.mongodb.LazyLoadingException;
import org.springframework.data.mongodb.MongoTransactionException;
import org.springframework.data.mongodb.TransientClientSessionException;
import org.springframework.data.mongodb.TransientMongoDbException;
import org.springframework.data.mongodb.UncategorizedMongoDbException;
import org.springframework.data.mongodb.core.MongoActionOperation;
import org.springframework.data.mongodb.core.MongoDataIntegrityViolationException;
import org.springframework.data.mongodb.core.MongoExceptionTranslator;
import org.springframework.transaction.TransactionSystemException;

/** What failures of MongoDB's writes mean, and what Spring Data makes of them. */
class MongoWriteTests extends BookTests {

    private static final MongoExceptionTranslator SPRING = MongoExceptionTranslator.DEFAULT_EXCEPTION_TRANSLATOR;
    private static final BsonDocument NOTHING = new BsonDocument();

    static Stream<Row> rows() {
        return all(writes(), bulks(), clientBulks(), translated(), springs());
    }

    private static Stream<Row> writes() {
        return Stream.of(
                row("duplicate key", write(11000), "answered"),
                row("document failed validation", write(121), "answered"),
                row("no right to write", write(13), "neutral"),
                row("out of disk", write(14031), "permanent"),
                row("write on a node that steps down", write(189), "transient"),
                row("write conflict", write(112), "transient"),
                row("429 of Cosmos DB", write(16500), "throttled"),
                row("overload", labelled(write(2), "SystemOverloadedError"), "throttled"),
                row("write in a transaction", labelled(write(2), TRANSACTION), "transient"),
                row("write with a label", labelled(write(2), WRITE), "transient"),
                row("commit with a write error", labelled(write(2), COMMIT), "unknown-effect"),
                row("replicas too slow", concern(64, "waiting for replication timed out"), "unknown-effect"),
                row("stepped down while it waited for replicas", labelled(concern(91, "x"), WRITE), "unknown-effect"),
                row("replicas, inside of a transaction", labelled(concern(91, "x"), TRANSACTION), "transient"),
                row("write concern that can't be met", concern(100, "Not enough data-bearing nodes"), "permanent"),
                row("unknown write concern", concern(79, "No write concern mode named"), "permanent"));
    }

    private static Stream<Row> bulks() {
        return Stream.of(
                row("bulk: duplicate key", bulk(error(11000), null), "answered"),
                row("bulk: duplicate key, and replicas too slow", bulk(error(11000), concern(64)), "answered"),
                row("bulk: stepped down in the middle", bulk(error(189), null), "unknown-effect"),
                row("bulk: 429 in the middle", bulk(error(16500), null), "unknown-effect"),
                row("bulk: replicas too slow", bulk(List.of(), concern(64)), "unknown-effect"),
                row("bulk: write concern that can't be met", bulk(List.of(), concern(100)), "permanent"),
                row("bulk: inside of a transaction", bulk(error(112), null, TRANSACTION), "transient"),
                row("bulk: wrapped", new RuntimeException(bulk(error(189), null)), "unknown-effect"));
    }

    private static Stream<Row> clientBulks() {
        return Stream.of(
                row("client bulk: duplicate key", clientBulk(null, 11000), "answered"),
                row("client bulk: stepped down in the middle", clientBulk(null, 189), "unknown-effect"),
                row("client bulk: lost", clientBulk(lost(), 0), "unknown-effect"),
                row("client bulk: inside of a transaction", clientBulk(labelled(lost(), TRANSACTION), 0), "transient"));
    }

    /** As Spring Data translates it. */
    private static Stream<Row> translated() {
        return Stream.of(
                row(
                        "Spring: D7, a conflict in a transaction",
                        translate(labelled(command(112), TRANSACTION)),
                        "transient"),
                row("Spring: a conflict without a label", translate(command(112)), "transient"),
                row("Spring: duplicate key", translate(write(11000)), "answered"),
                row("Spring: duplicate key of findAndModify", translate(command(11000)), "answered"),
                row("Spring: lost", translate(lost()), "transient"),
                row("Spring: lost write", translate(labelled(lost(), WRITE)), "unknown-effect"),
                row("Spring: no server", translate(new MongoTimeoutException("no server")), "transient"),
                row("Spring: stepped down", translate(command(189)), "transient"),
                row("Spring: commit of unknown result", translate(labelled(command(50), COMMIT)), "unknown-effect"),
                row("Spring: no right", translate(command(13)), "neutral"),
                row("Spring: bad value", translate(command(2)), "answered"),
                row("Spring: validation", translate(write(121)), "answered"),
                row("Spring: bulk", translate(bulk(error(189), null)), "unknown-effect"),
                row("Spring: bulk, duplicate key", translate(bulk(error(11000), null)), "answered"),
                row("Spring: client bulk", translate(clientBulk(lost(), 0)), "unknown-effect"),
                row("Spring: internal", translate(new MongoInternalException("x")), "permanent"),
                row(
                        "Spring: broken pipe",
                        translate(new MongoSocketWriteException("x", SERVER, new IOException("Broken pipe"))),
                        "transient"),
                row(
                        "Spring: a client's mistake",
                        translate(new MongoClientException("Sessions are not supported")),
                        "neutral"),
                row("a document that can't be read", new BsonInvalidOperationException("x"), "neutral"),
                row("a type without a codec", new CodecConfigurationException("x"), "neutral"),
                row(
                        "Spring: a document that can't be read",
                        translate(new BsonInvalidOperationException("x")),
                        "neutral"),
                row("Spring: transaction dropped", translate(labelled(command(251), TRANSACTION)), "transient"),
                row("Spring: commit, unknown", commit(labelled(lost(), COMMIT)), "unknown-effect"));
    }

    private static Stream<Row> springs() {
        WriteConcernResult none = WriteConcernResult.unacknowledged();
        return Stream.of(
                row("Spring: transient, no cause", new TransientMongoDbException("x", null), "transient"),
                row(
                        "Spring: transient, unknown commit",
                        new TransientMongoDbException("x", labelled(lost(), COMMIT)),
                        "unknown-effect"),
                row("Spring: transient session", new TransientClientSessionException("x", command(251)), "answered"),
                row("Spring: session", new ClientSessionException("x"), "neutral"),
                row("Spring: session, lost", new ClientSessionException("x", lost()), "transient"),
                row("Spring: transaction", new MongoTransactionException("x"), "neutral"),
                row(
                        "Spring: bulk, wrapped",
                        new BulkOperationException("x", bulk(List.of(), concern(64))),
                        "unknown-effect"),
                row("Spring: uncategorized", new UncategorizedMongoDbException("x", command(189)), "transient"),
                row("Spring: uncategorized, no cause", new UncategorizedMongoDbException("x", null), "permanent"),
                row("Spring: lazy, lost", new LazyLoadingException("x", new ConnectException("x")), "transient"),
                row("Spring: lazy", new LazyLoadingException("x", null), "permanent"),
                row("Spring: misuse", new InvalidMongoDbApiUsageException("x"), "neutral"),
                row(
                        "Spring: violation",
                        new MongoDataIntegrityViolationException("x", none, MongoActionOperation.INSERT),
                        "answered"));
    }

    private static Throwable translate(RuntimeException failure) {
        try {
            RuntimeException translated = SPRING.translateExceptionIfPossible(failure);
            return translated == null ? failure : translated;
        } catch (RuntimeException thrown) {
            return thrown;
        }
    }

    private static Throwable commit(Throwable cause) {
        return new TransactionSystemException("Could not commit Mongo transaction", cause);
    }

    private static MongoWriteException write(int code) {
        return new MongoWriteException(new WriteError(code, "E" + code, NOTHING), SERVER, Set.of());
    }

    private static WriteConcernError concern(int code) {
        return new WriteConcernError(code, "name", "write concern", NOTHING);
    }

    private static MongoWriteConcernException concern(int code, String message) {
        WriteConcernError error = new WriteConcernError(code, "name", message, NOTHING);
        return new MongoWriteConcernException(error, WriteConcernResult.unacknowledged(), SERVER, Set.of());
    }

    private static List<BulkWriteError> error(int code) {
        return List.of(new BulkWriteError(code, "E" + code, NOTHING, 0));
    }

    private static MongoBulkWriteException bulk(
            List<BulkWriteError> errors, WriteConcernError concern, String... labels) {
        BulkWriteResult result = BulkWriteResult.acknowledged(1, 0, 0, 0, List.of(), List.of());
        return new MongoBulkWriteException(result, errors, concern, SERVER, Set.of(labels));
    }

    private static ClientBulkWriteException clientBulk(MongoException error, int code) {
        List<WriteConcernError> concerns = code == 0 ? List.of(concern(64)) : List.of();
        Map<Integer, WriteError> errors = code == 0 ? Map.of() : Map.of(3, new WriteError(code, "x", NOTHING));
        return new ClientBulkWriteException(error, concerns, errors, null, SERVER);
    }
}
