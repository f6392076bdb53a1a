package dev.retrykit.spring.idempotency.neighbor;

import java.net.URI;
import java.security.Principal;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.DeferredResult;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What the handlers of all applications carried out, and where a test holds them. */
final class Ledger {

    /** Longer than any step of a test takes on a busy machine. */
    static final long PATIENCE_SECONDS = 10;

    private static final Map<String, Entry> ENTRIES = new ConcurrentHashMap<>();

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "ledger");
        thread.setDaemon(true);
        return thread;
    });

    private Ledger() {}

    /** What the handler does with an order. */
    enum Behavior {
        PAY,
        HOLD,
        FAIL_ONCE,
        REFUSE
    }

    record Order(String order, int amount, Behavior does) {}

    record Receipt(String order, int amount, String by, int run, String id) {}

    private static final class Entry {

        private final AtomicInteger runs = new AtomicInteger();
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private volatile boolean taken;
    }

    private static Entry entry(String order) {
        return ENTRIES.computeIfAbsent(order, unknown -> new Entry());
    }

    /** How often the order was carried out. */
    static int runs(String order) {
        return entry(order).runs.get();
    }

    /** Whether a unique-value check refuses the order. */
    static boolean isTaken(String order) {
        return entry(order).taken;
    }

    /** Waits until a handler has the order. */
    static boolean awaitEntered(String order) {
        return await(entry(order).entered);
    }

    /** Lets a held handler go on. */
    static void release(String order) {
        entry(order).released.countDown();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Carries the order out. */
    static ResponseEntity<Receipt> take(Order order, Principal caller) {
        Entry entry = entry(order.order());
        int run = entry.runs.incrementAndGet();
        entry.taken = true;
        entry.entered.countDown();
        if (order.does() == Behavior.HOLD && run == 1 && !await(entry.released)) {
            throw new IllegalStateException("nobody released the order");
        }
        if (order.does() == Behavior.FAIL_ONCE && run == 1) {
            entry.taken = false;
            throw new IllegalStateException("the first run fails");
        }
        Receipt receipt = new Receipt(
                order.order(),
                order.amount(),
                caller == null ? "nobody" : caller.getName(),
                run,
                UUID.randomUUID().toString());
        return order.does() == Behavior.REFUSE
                ? ResponseEntity.status(404).body(receipt)
                : ResponseEntity.created(URI.create("/receipts/" + receipt.id()))
                        .eTag("\"" + receipt.id() + "\"")
                        .body(receipt);
    }

    static CompletableFuture<ResponseEntity<Receipt>> stage(Order order, Principal caller) {
        return CompletableFuture.supplyAsync(() -> take(order, caller), THREADS);
    }

    static DeferredResult<ResponseEntity<Receipt>> deferred(Order order, Principal caller) {
        return deferred(stage(order, caller));
    }

    static <T> DeferredResult<T> deferred(CompletableFuture<T> stage) {
        DeferredResult<T> later = new DeferredResult<>();
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                later.setResult(value);
            } else {
                later.setErrorResult(failure.getCause());
            }
        });
        return later;
    }

    static Mono<ResponseEntity<Receipt>> mono(Order order, Principal caller) {
        return Mono.fromCallable(() -> take(order, caller)).subscribeOn(Schedulers.boundedElastic());
    }
}
