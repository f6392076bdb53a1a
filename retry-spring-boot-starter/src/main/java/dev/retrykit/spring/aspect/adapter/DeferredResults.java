package dev.retrykit.spring.aspect.adapter;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Types whose values do their work after the method has returned, so that retries do not cover it. */
final class DeferredResults {

    /** Types of one kind, by name, since some may be absent. */
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
                    "Read all elements in the method and return a collection."),
            new Kind(
                    List.of(
                            "org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody",
                            "org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter"),
                    "A partly written response cannot be reverted: collect its content first, in an annotated method of"
                            + " another bean."));

    private DeferredResults() {}

    /** The remedy for messages; null if the type does no deferred work. */
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
