package dev.retrykit.sample.aot;

import dev.retrykit.Retry;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.backoff.DelayFunction;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.failure.Verdict;
import dev.retrykit.sample.ShopApplication;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The shop, and one of all that must be found again after it was processed ahead of time. Says what it found. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("aot.shop")
@Import(ShopApplication.class)
public class AotShop {

    public static void main(String[] args) {
        SpringApplication.run(AotShop.class, args).close();
    }

    /** Named in application.yml only. */
    public static class OddFailure extends RuntimeException {}

    public interface Contract {

        @Retryable("odd")
        String byContract(String word);
    }

    public static class Service implements Contract {

        private final AtomicInteger attempts = new AtomicInteger();

        public int takeAttempts() {
            return attempts.getAndSet(0);
        }

        @Retryable(value = "odd", fallback = "instead")
        public String withFallback(String word) {
            attempts.incrementAndGet();
            throw new OddFailure();
        }

        private String instead(String word, OddFailure failure) {
            return word + " instead, after " + takeAttempts();
        }

        @Retryable("judged")
        public String judged() {
            return attempts.incrementAndGet() % 4 == 0 ? "good" : "bad";
        }

        @CircuitGuarded(value = "inventory", key = "#shard")
        public String keyed(String shard) {
            return "by key " + shard;
        }

        @Retryable("odd")
        public CompletableFuture<String> later() {
            return attempts.incrementAndGet() % 3 == 0
                    ? CompletableFuture.completedFuture("later")
                    : CompletableFuture.failedFuture(new OddFailure());
        }

        @Override
        public String byContract(String word) {
            if (attempts.incrementAndGet() % 3 != 0) {
                throw new OddFailure();
            }
            return word;
        }
    }

    @Bean
    Service service() {
        return new Service();
    }

    @Bean
    ResultClassifier bad() {
        return value -> "bad".equals(value) ? Verdict.retryable() : null;
    }

    @Bean
    DelayFunction steps() {
        return (retry, previous) -> Duration.ofMillis(retry);
    }

    @Bean
    ApplicationRunner found(Service service, @Qualifier("odd") Retry odd, @Qualifier("inventory") Circuit inventory) {
        return arguments -> {
            say("generated " + AotDetector.useGeneratedArtifacts());
            say(service.withFallback("word"));
            say(service.judged() + " after " + service.takeAttempts());
            say(service.later().join() + " after " + service.takeAttempts());
            say(service.byContract("contract") + " after " + service.takeAttempts());
            say(service.keyed("eu"));
            say(odd.name() + " allows " + odd.policy().maxAttempts());
            say(inventory.name() + " is " + inventory.state());
        };
    }

    private static void say(String found) {
        System.out.println("FOUND " + found);
    }
}
