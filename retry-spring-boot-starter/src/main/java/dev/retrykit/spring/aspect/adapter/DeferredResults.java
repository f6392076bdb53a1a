package dev.retrykit.spring.aspect.adapter;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Types whose values do the work after the method has returned, out of reach of retries. */
final class DeferredResults {

    /**
     * Types of one kind.
     *
     * @param names some of them may not be there
     */
    private record Kind(List<String> names, String advice) {}

    private static final List<Kind> KINDS = List.of(
            new Kind(
                    List.of(
                            Callable.class.getName(),
                            "java.util.function.Supplier",
                            "org.springframework.web.context.request.async.WebAsyncTask",
                            "org.springframework.web.context.request.async.DeferredResult"),
                    "Declare a CompletableFuture, or annotate a method of another bean that does the work."),
            new Kind(
                    List.of(
                            "java.util.stream.BaseStream",
                            "java.util.Iterator",
                            "java.util.Spliterator",
                            "java.util.Enumeration"),
                    "Read all in the method and return a collection."),
            new Kind(
                    List.of(
                            "org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody",
                            "org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter"),
                    "What has been written can't be taken back: get what is to be written first, in a method of another"
                            + " bean, and annotate that one."));

    private DeferredResults() {}

    /** What to do instead; null if the type does no late work. */
    static @Nullable String advice(Class<?> type) {
        for (Kind kind : KINDS) {
            if (kind.names().stream().anyMatch(name -> isA(type, name))) {
                return kind.advice();
            }
        }
        return null;
    }

    private static boolean isA(@Nullable Class<?> type, String name) {
        if (type == null) {
            return false;
        }
        if (type.getName().equals(name) || isA(type.getSuperclass(), name)) {
            return true;
        }
        for (Class<?> contract : type.getInterfaces()) {
            if (isA(contract, name)) {
                return true;
            }
        }
        return false;
    }
}
