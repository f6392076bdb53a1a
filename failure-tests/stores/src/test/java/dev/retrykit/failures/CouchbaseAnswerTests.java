package dev.retrykit.failures;

import static dev.retrykit.failures.StoreRows.all;
import static dev.retrykit.failures.StoreRows.each;

import com.couchbase.client.core.error.AnalyticsException;
import com.couchbase.client.core.error.BucketExistsException;
import com.couchbase.client.core.error.BucketNotFlushableException;
import com.couchbase.client.core.error.BucketNotFoundDuringLoadException;
import com.couchbase.client.core.error.BucketNotFoundException;
import com.couchbase.client.core.error.CollectionNotFoundException;
import com.couchbase.client.core.error.CompilationFailureException;
import com.couchbase.client.core.error.DatasetNotFoundException;
import com.couchbase.client.core.error.DmlFailureException;
import com.couchbase.client.core.error.DocumentExistsException;
import com.couchbase.client.core.error.DocumentNotFoundException;
import com.couchbase.client.core.error.DocumentNotLockedException;
import com.couchbase.client.core.error.DocumentUnretrievableException;
import com.couchbase.client.core.error.EventingFunctionCompilationFailureException;
import com.couchbase.client.core.error.EventingFunctionDeployedException;
import com.couchbase.client.core.error.EventingFunctionIdenticalKeyspaceException;
import com.couchbase.client.core.error.HttpStatusCodeException;
import com.couchbase.client.core.error.IndexFailureException;
import com.couchbase.client.core.error.IndexNotFoundException;
import com.couchbase.client.core.error.InvalidRequestException;
import com.couchbase.client.core.error.MutationTokenOutdatedException;
import com.couchbase.client.core.error.ParsingFailureException;
import com.couchbase.client.core.error.PlanningFailureException;
import com.couchbase.client.core.error.PreparedStatementFailureException;
import com.couchbase.client.core.error.QueryException;
import com.couchbase.client.core.error.ScopeExistsException;
import com.couchbase.client.core.error.ValueTooLargeException;
import com.couchbase.client.core.error.ViewServiceException;
import com.couchbase.client.core.error.context.ErrorContext;
import com.couchbase.client.core.error.subdoc.DeltaInvalidException;
import com.couchbase.client.core.error.subdoc.DocumentAlreadyAliveException;
import com.couchbase.client.core.error.subdoc.DocumentNotJsonException;
import com.couchbase.client.core.error.subdoc.DocumentTooDeepException;
import com.couchbase.client.core.error.subdoc.NumberTooBigException;
import com.couchbase.client.core.error.subdoc.PathExistsException;
import com.couchbase.client.core.error.subdoc.PathInvalidException;
import com.couchbase.client.core.error.subdoc.PathMismatchException;
import com.couchbase.client.core.error.subdoc.PathNotFoundException;
import com.couchbase.client.core.error.subdoc.PathTooDeepException;
import com.couchbase.client.core.error.subdoc.ValueInvalidException;
import com.couchbase.client.core.error.subdoc.ValueTooDeepException;
import com.couchbase.client.core.msg.ResponseStatus;
import java.util.List;
import java.util.stream.Stream;

/** What Couchbase's answers mean. */
@SuppressWarnings("deprecation") // failures that its client throws still
class CouchbaseAnswerTests extends BookTests {

    private static final String LIB = "Couchbase";

    static Stream<Row> rows() {
        return answers();
    }

    private static Stream<Row> answers() {
        return all(
                each(
                        LIB,
                        "answered",
                        new DocumentNotFoundException(null),
                        new DocumentExistsException(null),
                        new DocumentNotLockedException((ErrorContext) null),
                        new DocumentUnretrievableException((ErrorContext) null),
                        new ValueTooLargeException(null),
                        new MutationTokenOutdatedException(null),
                        new ParsingFailureException(null),
                        new PlanningFailureException(null),
                        new CompilationFailureException(null),
                        new DmlFailureException(null),
                        new IndexFailureException(null),
                        new QueryException("x", List.of()),
                        new AnalyticsException(new byte[0]),
                        new ViewServiceException("x"),
                        new InvalidRequestException(new ErrorContext(ResponseStatus.INVALID_REQUEST) {}),
                        new PreparedStatementFailureException(null, false),
                        CouchbaseTests.error(false),
                        new BucketNotFoundDuringLoadException("x"),
                        BucketNotFlushableException.forBucket("b")),
                each(
                        LIB,
                        "answered",
                        new BucketNotFoundException("b"),
                        new BucketExistsException("b", null),
                        new CollectionNotFoundException("c"),
                        new ScopeExistsException("s", null),
                        new IndexNotFoundException("i"),
                        new DatasetNotFoundException(null),
                        new EventingFunctionDeployedException("f", null),
                        new EventingFunctionIdenticalKeyspaceException("f", null),
                        new EventingFunctionCompilationFailureException("f", null)),
                each(
                        LIB,
                        "answered",
                        new PathNotFoundException(null),
                        new PathExistsException(null),
                        new PathMismatchException(null),
                        new PathInvalidException((ErrorContext) null),
                        new PathTooDeepException(null),
                        new ValueInvalidException(null),
                        new ValueTooDeepException(null),
                        new NumberTooBigException(null),
                        new DeltaInvalidException(null),
                        new DocumentNotJsonException(null),
                        new DocumentTooDeepException(null),
                        new DocumentAlreadyAliveException(null)),
                each(LIB, "transient status 503", http(503)),
                each(LIB, "answered status 404", http(404)));
    }

    private static Throwable http(int status) {
        return new HttpStatusCodeException(
                com.couchbase.client.core.deps.io.netty.handler.codec.http.HttpResponseStatus.valueOf(status),
                "",
                null,
                null);
    }
}
