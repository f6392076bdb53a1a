package dev.retrykit;

import dev.retrykit.time.TimeSource.Scheduled;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gets work off the timer. It waits for a thread of the executor, which may be slow to come and may never come: what
 * waits can still be cancelled, and a call for which there is no thread until its time is over ends on the timer.
 */
final class Handover extends Step implements Runnable {

    private static final long serialVersionUID = 1;

    private static final AtomicReferenceFieldUpdater<Handover, @Nullable Scheduled> LIMIT =
            AtomicReferenceFieldUpdater.newUpdater(Handover.class, Scheduled.class, "limit");

    /** How long at least, so that a call whose time is over already gets a thread if there is one. */
    private static final long LEAST_NANOS = 1_000_000_000;

    private final transient StageDriver<?> driver;
    private final transient Step before;
    private final transient Supplier<Decision> work;
    private final transient Supplier<Decision> otherwise;

    /** Whoever takes it out, by a CAS, has it and cancels it. */
    @SuppressWarnings("UnusedVariable") // read by its updater
    private transient volatile @Nullable Scheduled limit;

    private transient volatile @Nullable Runnable successor;

    /** Whether the limit went off with the call's time, not later, and whether it went off when the work had begun. */
    private transient boolean exact;

    private transient volatile boolean late;

    /**
     * Of work that is the executor's.
     *
     * @param before the claimed step that it ends
     * @param work what the executor does, and the timer once the call's time is over
     * @param otherwise what the timer does if the executor, whatever it throws, doesn't take it
     */
    Handover(StageDriver<?> driver, Step before, Supplier<Decision> work, Supplier<Decision> otherwise) {
        this.driver = driver;
        this.before = before;
        this.work = work;
        this.otherwise = otherwise;
    }

    void begin() {
        driver.enforce(this);
        Retry retry = driver.call().retry();
        try {
            long left = driver.call().leftNanos();
            retry.executor().execute(this::onExecutor);
            if (!get()) {
                exact = left >= LEAST_NANOS;
                limit = retry.time().schedule(this, Math.max(left, LEAST_NANOS));
            }
        } catch (Throwable notTaken) {
            begin(otherwise);
        }
        if (get()) {
            cancel(takeLimit());
        }
        driver.endIfDone();
    }

    private void onExecutor() {
        driver.inContext(() -> begin(work));
    }

    /** On the timer: there is no thread, or what has begun there takes too long. */
    @Override
    public void run() {
        limit = null; // it has gone off: nobody can have it lent any more
        driver.inContext(() -> begin(work));
        late = true;
        Runnable lent = successor;
        if (lent != null) {
            lent.run();
        }
    }

    private void begin(Supplier<Decision> chosen) {
        if (claim()) {
            before.abandon();
            driver.follow(chosen, this);
            cancel(takeLimit());
        }
    }

    /**
     * Lends the timer to the attempt that the work begins, so that most attempts need none of their own.
     *
     * @param attempt run when the call's time is up
     * @return null if there is none that goes off then
     */
    @Nullable
    Scheduled lendLimit(Runnable attempt) {
        Scheduled taken = takeLimit();
        if (taken == null || !exact) {
            cancel(taken);
            return null;
        }
        successor = attempt;
        if (late) {
            attempt.run();
        }
        return taken;
    }

    private @Nullable Scheduled takeLimit() {
        return LIMIT.getAndSet(this, null);
    }

    @Override
    boolean isBeforeRetry() {
        return before.isBeforeRetry();
    }

    @Override
    void abandon() {
        cancel(takeLimit());
        before.abandon();
    }
}
