package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.store.Answer;
import org.jspecify.annotations.Nullable;

/** The end of a claim, until the store knows of it. */
final class ClaimEnd {

    private final String id;
    private final Kind kind;
    private final Step step;
    private final Runnable refused;
    private @Nullable Answer answer; // guarded by this
    private Phase phase = Phase.AWAITED; // guarded by this

    /**
     * Of one claim.
     *
     * @param id the hash of its key
     * @param answer the answer to keep; null if none is
     * @param refused is told if the store refuses the step since somebody else has the key
     */
    ClaimEnd(String id, Kind kind, @Nullable Answer answer, Step step, Runnable refused) {
        this.id = id;
        this.kind = kind;
        this.answer = answer;
        this.step = step;
        this.refused = refused;
    }

    /** What ended. */
    enum Kind {

        /** It was carried out. A store takes this twice, so whoever is refused has lost the key. */
        COMPLETED("kept"),

        /** It had no effect. Its record is removed, so a second try is refused if the first was taken. */
        RELEASED("freed"),

        /** Nothing was carried out, and whether there is a claim isn't known. */
        FORGOTTEN("freed");

        private final String done;

        Kind(String done) {
            this.done = done;
        }

        /** What is done with the key then. */
        String done() {
            return done;
        }
    }

    /** What the store is told. */
    @FunctionalInterface
    interface Step {

        /** Whether the claim was still its holder's. */
        boolean take(@Nullable Answer answer);
    }

    private enum Phase {
        AWAITED,
        LATE,
        KNOWN
    }

    /** The hash of the key. */
    String id() {
        return id;
    }

    /** Whether there was a call, which nobody may repeat until the store knows what became of it. */
    boolean isOfCall() {
        return kind != Kind.FORGOTTEN;
    }

    /**
     * Tells the store.
     *
     * @return whether the claim was still its holder's
     */
    boolean take() {
        Answer kept;
        synchronized (this) {
            kept = answer;
        }
        return step.take(kept);
    }

    /** The store refused the first try. */
    void refused() {
        refused.run();
    }

    /** The store refused a later try. */
    void refusedAgain() {
        if (kind == Kind.COMPLETED) {
            refused.run();
        }
    }

    /** How much memory its answer takes. */
    synchronized int bytes() {
        return answer == null ? 0 : answer.body().length;
    }

    /** Keeps no answer, only that there was one. */
    synchronized void dropAnswer() {
        answer = null;
    }

    /** Its caller waits for it no longer. Returns whether that is new. */
    synchronized boolean late() {
        boolean isNew = phase == Phase.AWAITED;
        phase = isNew ? Phase.LATE : phase;
        return isNew;
    }

    /** The store knows of it, or never will. Returns whether it was late. */
    synchronized boolean known() {
        boolean wasLate = phase == Phase.LATE;
        phase = Phase.KNOWN;
        return wasLate;
    }
}
