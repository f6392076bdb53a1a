package dev.retrykit;

import org.jspecify.annotations.Nullable;

/** An attempt that a thread is in: its view, or its call while nobody has asked for the view. */
sealed interface Attempt permits AttemptView, RunningCall {

    /** As what runs in it sees it; made now if nobody has asked before. */
    AttemptView view();

    /** Its view; null if nobody has asked for it, and then the attempt goes on. */
    @Nullable
    AttemptView knownView();

    RetryCall call();

    /** Whether it was given up while it runs, or an attempt around it. */
    boolean isAbandoned();

    /** Whether it is part of another attempt, as far as that is known. */
    boolean isNested();
}
