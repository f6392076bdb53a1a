package dev.retrykit.spring.settings.binding;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.failure.book.InvalidLineException;
import dev.retrykit.spring.settings.MessageText;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Suggests how to declare the meaning of a failure that no rule covers. Stores only strings, so that no class loader is
 * retained.
 *
 * @param type the class to declare: the outermost one of the cause chain that tells by itself what its failures mean;
 *     if there is none, the innermost one that is not too general; if all are, that of the root cause
 * @param line the suggested line for this class
 * @param general whether the class is too general to be declared as a whole
 */
public record FailureRemedy(String type, String line, boolean general) {

    /** The longest name of a class in a message. */
    public static final int LONGEST = 300;

    private static final int DEEPEST = 50;

    private static final String TRANSIENT = "transient";

    private static final String BY_MESSAGE = "says(part of the message) = transient";

    /** A line for such a class would apply to programming errors, missing files and the like, too. */
    private static final List<String> GENERAL =
            List.of("java.lang.", "java.util.", "kotlin.", "scala.", "groovy.lang.", "reactor.core.");

    private static final Set<String> GENERAL_TYPES =
            Set.of("java.io.IOException", "java.io.UncheckedIOException", "java.security.PrivilegedActionException");

    /** Accessors of an HTTP status, in the order in which they are tried. None of a response, which may be unread. */
    private static final List<String> STATUSES = List.of(
            "getStatusCode",
            "statusCode",
            "getStatus",
            "status",
            "getHttpStatus",
            "httpStatus",
            "getHttpStatusCode",
            "httpStatusCode",
            "getRawStatusCode",
            "getResponseCode",
            "getStatusCode.value",
            "getStatus.value",
            "getHttpStatus.value",
            "getStatus.getStatusCode");

    /** Only used together with headers, because a code alone can mean anything. */
    private static final List<String> CODES = List.of("getCode", "code");

    private static final List<String> HEADERS =
            List.of("getResponseHeaders", "responseHeaders", "getHeaders", "headers", "getHttpHeaders");
    private static final List<String> FLAGS = List.of("isRetryable", "isTransient", "retryable", "isRetriable");

    /** Suggests what decides about this failure. Reads its accessors. */
    public static FailureRemedy of(Throwable failure) {
        for (Throwable link : Causes.chain(failure)) {
            String name = link.getClass().getName();
            String line = isGeneral(name) ? null : line(link);
            if (line != null) {
                return new FailureRemedy(name, line, false);
            }
        }
        String type = typeFor(failure);
        boolean general = isGeneral(type);
        return new FailureRemedy(type, general ? BY_MESSAGE : TRANSIENT, general);
    }

    /**
     * The class that is to be declared if none tells by itself what its failures mean. An outer one would also apply to
     * other causes, as a framework's wrapper does. Reads nothing but the causes.
     */
    public static String typeFor(Throwable failure) {
        Throwable innermost = null;
        Throwable root = failure;
        Throwable link = failure;
        for (int depth = 0; link != null && depth < DEEPEST; depth++) {
            innermost = isGeneral(link.getClass().getName()) ? innermost : link;
            root = link;
            link = Causes.causeOf(link);
        }
        return (innermost == null ? root : innermost).getClass().getName();
    }

    private static boolean isGeneral(String name) {
        for (int i = 0; i < GENERAL.size(); i++) {
            if (name.startsWith(GENERAL.get(i))) {
                return true;
            }
        }
        return GENERAL_TYPES.contains(name);
    }

    /** The first line that reads the failure and decides about it; null if there is none. */
    private static @Nullable String line(Throwable failure) {
        Set<String> accessors = accessors(failure.getClass());
        Stream<String> withHeaders = present(Stream.concat(STATUSES.stream(), CODES.stream()), accessors)
                .flatMap(status ->
                        present(HEADERS.stream(), accessors).map(headers -> "status(" + status + ", " + headers + ")"));
        Stream<String> withoutHeaders = present(STATUSES.stream(), accessors).map(status -> "status(" + status + ")");
        Stream<String> flags = present(FLAGS.stream(), accessors).map(flag -> "flag(" + flag + "), permanent");
        return Stream.of(withHeaders, withoutHeaders, flags)
                .flatMap(lines -> lines)
                .filter(line -> decides(line, failure))
                .findFirst()
                .orElse(null);
    }

    private static Stream<String> present(Stream<String> paths, Set<String> accessors) {
        return paths.filter(path -> accessors.contains(path.split("\\.")[0]));
    }

    private static Set<String> accessors(Class<?> type) {
        try {
            return Arrays.stream(type.getMethods())
                    .filter(method -> method.getParameterCount() == 0)
                    .map(Method::getName)
                    .collect(Collectors.toSet());
        } catch (LinkageError incomplete) {
            return Set.of();
        }
    }

    private static boolean decides(String line, Throwable failure) {
        Class<?> type = failure.getClass();
        try {
            FailureBook book = FailureBook.of(Map.of(type.getName(), line), () -> Instant.EPOCH);
            return book.missingAccessor(type) == null && book.knowsAlone(failure);
        } catch (InvalidLineException unusualName) {
            return false;
        }
    }

    /** Returns sentences that say what to do for all policies, without the last period. */
    public String text() {
        String entry = MessageText.line(FailureLines.key(type) + ": " + line, LONGEST + 100);
        if (general) {
            return "The class is too general to be declared as a whole. Throw a class that implements RetryHint instead,"
                    + " or declare the message: " + entry;
        }
        return line.equals(TRANSIENT)
                ? "If a retry can help, declare " + entry + ", or let a class of your own implement RetryHint. If it is"
                        + " a response of a dependency that works, declare it as answered"
                : "Declare " + entry;
    }
}
