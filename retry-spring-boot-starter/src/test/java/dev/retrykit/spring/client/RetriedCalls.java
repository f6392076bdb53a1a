package dev.retrykit.spring.client;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import reactor.core.publisher.Mono;

/** Retried methods of each kind, which do what they are given. */
final class RetriedCalls {

    private final ApplicationContext app;

    RetriedCalls(ApplicationContext app) {
        this.app = app;
    }

    /** What an application makes of an answer, and what no rule knows. */
    static final class ApiException extends RuntimeException {

        private static final long serialVersionUID = 1;

        ApiException() {}

        ApiException(Throwable cause) {
            super(cause);
        }
    }

    /** A way to send a request. */
    @FunctionalInterface
    interface Sender<R> {
        R send(HttpMethod method, String url);
    }

    /** A client, and what its calls return. */
    record Client(String name, Kind kind, Sender<?> sender) {

        static Client blocking(String name, Sender<String> sender) {
            return new Client(name, Kind.BLOCKING, sender);
        }

        static Client reactive(String name, Sender<Mono<String>> sender) {
            return new Client(name, Kind.REACTIVE, sender);
        }

        static Client staged(String name, Sender<CompletableFuture<String>> sender) {
            return new Client(name, Kind.STAGED, sender);
        }
    }

    enum Kind {
        BLOCKING,
        REACTIVE,
        STAGED
    }

    static class Blocking {

        @Retryable("plain")
        String plain(Supplier<String> call) {
            return call.get();
        }

        @Retryable(value = "plain", idempotencyKey = "auto")
        String keyed(Supplier<String> call) {
            return call.get();
        }

        @Retryable("named")
        String named(Supplier<String> call) {
            return call.get();
        }

        @Retryable("plain")
        @CircuitGuarded(value = "shop", key = "#cell")
        String guarded(String cell, Supplier<String> call) {
            return call.get();
        }
    }

    static class Reactive {

        @Retryable("plain")
        Mono<String> plain(Supplier<Mono<String>> call) {
            return call.get();
        }

        @Retryable(value = "plain", idempotencyKey = "auto")
        Mono<String> keyed(Supplier<Mono<String>> call) {
            return call.get();
        }

        @Retryable("named")
        Mono<String> named(Supplier<Mono<String>> call) {
            return call.get();
        }

        @Retryable("plain")
        @CircuitGuarded(value = "shop", key = "#cell")
        Mono<String> guarded(String cell, Supplier<Mono<String>> call) {
            return call.get();
        }
    }

    static class Staged {

        @Retryable("plain")
        CompletableFuture<String> plain(Supplier<CompletableFuture<String>> call) {
            return call.get();
        }

        @Retryable(value = "plain", idempotencyKey = "auto")
        CompletableFuture<String> keyed(Supplier<CompletableFuture<String>> call) {
            return call.get();
        }

        @Retryable("named")
        CompletableFuture<String> named(Supplier<CompletableFuture<String>> call) {
            return call.get();
        }

        @Retryable("plain")
        @CircuitGuarded(value = "shop", key = "#cell")
        CompletableFuture<String> guarded(String cell, Supplier<CompletableFuture<String>> call) {
            return call.get();
        }
    }

    /** Calls the method for a policy, and waits for what it comes to. */
    void call(Client client, String policy, String cell, HttpMethod method, String url) {
        switch (client.kind()) {
            case BLOCKING ->
                blocking(policy, cell, () -> (String) client.sender().send(method, url));
            case REACTIVE ->
                reactive(policy, cell, () -> mono(client.sender().send(method, url)))
                        .block();
            case STAGED ->
                staged(policy, cell, () -> future(client.sender().send(method, url)))
                        .join();
        }
    }

    private void blocking(String policy, String cell, Supplier<String> call) {
        Blocking calls = app.getBean(Blocking.class);
        switch (policy) {
            case "guarded" -> calls.guarded(cell, call);
            case "keyed" -> calls.keyed(call);
            case "named" -> calls.named(call);
            default -> calls.plain(call);
        }
    }

    private Mono<String> reactive(String policy, String cell, Supplier<Mono<String>> call) {
        Reactive calls = app.getBean(Reactive.class);
        return switch (policy) {
            case "guarded" -> calls.guarded(cell, call);
            case "keyed" -> calls.keyed(call);
            case "named" -> calls.named(call);
            default -> calls.plain(call);
        };
    }

    private CompletableFuture<String> staged(String policy, String cell, Supplier<CompletableFuture<String>> call) {
        Staged calls = app.getBean(Staged.class);
        return switch (policy) {
            case "guarded" -> calls.guarded(cell, call);
            case "keyed" -> calls.keyed(call);
            case "named" -> calls.named(call);
            default -> calls.plain(call);
        };
    }

    @SuppressWarnings("unchecked")
    private static Mono<String> mono(Object result) {
        return (Mono<String>) result;
    }

    @SuppressWarnings("unchecked")
    private static CompletableFuture<String> future(Object result) {
        return (CompletableFuture<String>) result;
    }
}
