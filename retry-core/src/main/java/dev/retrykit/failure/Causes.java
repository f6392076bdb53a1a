package dev.retrykit.failure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads cause chains, which may be long or circular, and whose accessors may themselves throw. */
public final class Causes {

    /** Limits the depth, which also ends circular chains. */
    private static final int DEEPEST = 50;

    private static final StackTraceElement[] NO_TRACE = {};

    private Causes() {}

    /** The failure and its causes, outermost first, at most 50. */
    public static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>(4);
        for (Throwable link = failure; link != null && chain.size() < DEEPEST; link = causeOf(link)) {
            chain.add(link);
        }
        return chain;
    }

    /** Whether the failure or one of its causes is an instance of one of the types. */
    public static boolean anyInstance(Throwable failure, List<Class<? extends Throwable>> types) {
        Throwable link = failure;
        for (int depth = 0; link != null && depth < DEEPEST && !types.isEmpty(); depth++) {
            for (int i = 0; i < types.size(); i++) {
                if (types.get(i).isInstance(link)) {
                    return true;
                }
            }
            link = causeOf(link);
        }
        return false;
    }

    /** Whether the failure or one of its causes matches. Allocates nothing. */
    public static boolean anyMatch(Throwable failure, Predicate<? super Throwable> test) {
        Throwable link = failure;
        for (int depth = 0; link != null && depth < DEEPEST; depth++) {
            if (test.test(link)) {
                return true;
            }
            link = causeOf(link);
        }
        return false;
    }

    /** Returns the actual failure, without the wrappers that futures add. */
    public static Throwable unwrap(Throwable failure) {
        Throwable real = failure;
        for (int depth = 0; depth < DEEPEST && isWrapper(real); depth++) {
            Throwable cause = causeOf(real);
            if (cause == null) {
                break;
            }
            real = cause;
        }
        return real;
    }

    private static boolean isWrapper(Throwable failure) {
        return failure instanceof CompletionException || failure instanceof ExecutionException;
    }

    /** The message of a failure; null if there is none, or if reading it fails. */
    public static @Nullable String message(Throwable failure) {
        try {
            return failure.getMessage();
        } catch (Throwable untold) {
            return null;
        }
    }

    /** The stack trace of a failure; empty if reading it fails. */
    public static StackTraceElement[] stackTrace(Throwable failure) {
        try {
            StackTraceElement @Nullable [] trace = failure.getStackTrace();
            return trace == null ? NO_TRACE : trace;
        } catch (Throwable untold) {
            return NO_TRACE;
        }
    }

    /** The cause of a failure; null if there is none, or if reading it fails. */
    public static @Nullable Throwable causeOf(Throwable failure) {
        try {
            return failure.getCause();
        } catch (Throwable untold) {
            return null;
        }
    }
}
