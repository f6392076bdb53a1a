package dev.retrykit.spring.idempotency.guard;

import dev.retrykit.spring.idempotency.store.Answer;
import org.jspecify.annotations.Nullable;

/** The end of a claim, until the store has recorded it. */
public final class ClaimEnd {

    private final String id;
    private final Kind kind;
    private final Step step;
    private final Runnable refused;
    private @Nullable Answer answer; // guarded by this object's lock
    private Phase phase = Phase.AWAITED; // guarded by this object's lock

    /**
     * Creates the end of one claim.
     *
     * @param id the hash of the key
     * @param answer the response to store; null if none is stored
     * @param refused called if the store refuses the step because another call holds the key
     */
    public ClaimEnd(String id, Kind kind, @Nullable Answer answer, Step step, Runnable refused) {
        this.id = id;
        this.kind = kind;
        this.answer = answer;
        this.step = step;
        this.refused = refused;
    }

    /** How a claim ends. */
    public enum Kind {

        /** The call was executed. A store accepts this step twice, so a refusal means that the claim is lost. */
        COMPLETED("completed"),

        /** The call had no effect. Its record is removed, so a second try is refused if the first one was accepted. */
        RELEASED("released"),

        /** No call was executed, and whether the store holds a claim is unknown. */
        FORGOTTEN("released");

        private final String done;

        Kind(String done) {
            this.done = done;
        }

        /** Returns the word for messages. */
        public String done() {
            return done;
        }
    }

    /** The update of the store. */
    @FunctionalInterface
    public interface Step {

        /**
         * Updates the store.
         *
         * @return whether the holder still had the claim
         */
        boolean take(@Nullable Answer answer);
    }

    private enum Phase {
        AWAITED,
        LATE,
        KNOWN
    }

    /** Returns the hash of the key. */
    String id() {
        return id;
    }

    /** Whether a call was executed. It must not be repeated until the store has recorded its outcome. */
    boolean isOfCall() {
        return kind != Kind.FORGOTTEN;
    }

    /**
     * Updates the store.
     *
     * @return whether the holder still had the claim
     */
    boolean take() {
        Answer kept;
        synchronized (this) {
            kept = answer;
        }
        return step.take(kept);
    }

    /** Reports that the store refused the first try. */
    void refused() {
        refused.run();
    }

    /** Reports that the store refused a later try. */
    void refusedAgain() {
        if (kind == Kind.COMPLETED) {
            refused.run();
        }
    }

    /** Returns the size of the response in bytes. */
    synchronized int bytes() {
        return answer == null ? 0 : answer.body().length;
    }

    /** Drops the response and keeps only the outcome. */
    synchronized void dropAnswer() {
        answer = null;
    }

    /**
     * Reports that the caller no longer waits.
     *
     * @return whether this is the first report
     */
    synchronized boolean late() {
        boolean isNew = phase == Phase.AWAITED;
        phase = isNew ? Phase.LATE : phase;
        return isNew;
    }

    /**
     * Reports that the store has recorded the end, or never will.
     *
     * @return whether the end was late
     */
    synchronized boolean known() {
        boolean wasLate = phase == Phase.LATE;
        phase = Phase.KNOWN;
        return wasLate;
    }
}
