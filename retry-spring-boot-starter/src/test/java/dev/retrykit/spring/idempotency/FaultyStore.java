package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.StoredState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A store before each step of which something happens, as a failure. It bounds its steps, so that it is asked directly. */
final class FaultyStore implements IdempotencyStore {

    private final IdempotencyStore store;
    private volatile Runnable before = () -> {};

    FaultyStore(IdempotencyStore store) {
        this.store = store;
    }

    void before(Runnable fault) {
        before = fault;
    }

    void down() {
        before(() -> {
            throw new IllegalStateException("down");
        });
    }

    void up() {
        before(() -> {});
    }

    @Override
    public String name() {
        return "faulty";
    }

    @Override
    public StoredState claim(ClaimRequest request) {
        before.run();
        return store.claim(request);
    }

    @Override
    public boolean renew(Claim claim, Duration lease) {
        before.run();
        return store.renew(claim, lease);
    }

    @Override
    public boolean complete(Claim claim, @Nullable Answer answer, Duration keep) {
        before.run();
        return store.complete(claim, answer, keep);
    }

    @Override
    public Release release(Claim claim, Duration keep) {
        before.run();
        return store.release(claim, keep);
    }

    @Override
    public void abandon(Claim claim) {
        before.run();
        store.abandon(claim);
    }

    @Override
    public boolean free(String id) {
        return store.free(id);
    }

    @Override
    public boolean boundsItself() {
        return true;
    }

    @Override
    public boolean fencesTransactions() {
        return store.fencesTransactions();
    }
}
