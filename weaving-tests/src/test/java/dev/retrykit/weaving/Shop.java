package dev.retrykit.weaving;

import dev.retrykit.annotation.Backoff;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.core.annotation.AliasFor;
import reactor.core.publisher.Mono;

/** What no proxy could retry: each method fails twice and then answers, all on attempts of one counter. */
class Shop {

    static final AtomicInteger ATTEMPTS = new AtomicInteger();

    private final String name;

    Shop(String name) {
        this.name = name;
    }

    static String failTwice(String answer) throws IOException {
        if (ATTEMPTS.incrementAndGet() % 3 != 0) {
            throw new ConnectException("refused");
        }
        return answer;
    }

    String callsItself() throws IOException {
        return plain();
    }

    @Retryable("quick")
    String plain() throws IOException {
        return failTwice(name);
    }

    String callsPrivate() throws IOException {
        return hidden("a", 1);
    }

    @Retryable("quick")
    private String hidden(String text, int number) throws IOException {
        return failTwice(name + text + number);
    }

    @Retryable("quick")
    final String fixed(String... parts) throws IOException {
        return failTwice(name + String.join("", parts));
    }

    @Retryable("quick")
    static String ofTheClass() throws IOException {
        return failTwice("static");
    }

    @Retryable("quick")
    void nothing() throws IOException {
        failTwice(name);
    }

    @Retryable("quick")
    int number() throws IOException {
        return failTwice(name).length();
    }

    @Retryable("quick")
    CompletableFuture<String> later() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return failTwice(name);
            } catch (IOException failed) {
                throw new java.util.concurrent.CompletionException(failed);
            }
        });
    }

    @Retryable("quick")
    Mono<String> mono() {
        return Mono.fromCallable(() -> failTwice(name));
    }

    @Retryable(maxAttempts = 2, backoff = @Backoff(delay = "1ms"), fallback = "instead")
    String failing(String word) throws IOException {
        ATTEMPTS.incrementAndGet();
        throw new ConnectException("refused");
    }

    private String instead(String word, ConnectException failure) {
        return name + " instead of " + word + ": " + failure.getMessage();
    }

    @Retryable(maxAttempts = 1, fallback = "instead")
    static String failingOfTheClass(String word) throws IOException {
        throw new ConnectException("refused");
    }

    private static String instead(String word) {
        return "static instead of " + word;
    }

    @CircuitGuarded(value = "shards", key = "#shard")
    String keyed(String shard) throws IOException {
        ATTEMPTS.incrementAndGet();
        throw new ConnectException(shard);
    }

    @Retention(RetentionPolicy.RUNTIME)
    @Retryable
    @interface Patient {

        @AliasFor(annotation = Retryable.class, attribute = "value")
        String value() default "quick";
    }

    @Patient
    String patient() throws IOException {
        return failTwice(name);
    }

    /** Its public methods. */
    @Retryable("quick")
    static class Whole {

        public String covered() throws IOException {
            return failTwice("covered");
        }

        String notPublic() throws IOException {
            return failTwice("never");
        }
    }

    /** Has an annotated superclass. */
    static class Part extends Whole {

        public String own() throws IOException {
            return failTwice("own");
        }
    }

    /** Has an annotation that has one. */
    @Patient
    static class PatientWhole {

        public String covered() throws IOException {
            return failTwice("patient");
        }
    }

    abstract static class Sale<T> {

        abstract String sell(T item) throws IOException;

        @Retryable("quick")
        String both(T item) throws IOException {
            return failTwice("Sale " + item);
        }
    }

    /** Has a bridge to what it implements, and calls what it overrides. */
    static class TextSale extends Sale<String> {

        @Override
        @Retryable("quick")
        String sell(String item) throws IOException {
            return failTwice("sold " + item);
        }

        @Override
        @Retryable("quick")
        String both(String item) throws IOException {
            return super.both(item);
        }
    }
}
