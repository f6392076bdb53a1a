package dev.retrykit.internal.engine;

import org.jspecify.annotations.Nullable;

/** The attempt that a thread runs in: its view, or its call as long as the view does not exist. */
public sealed interface Attempt permits AttemptView, RunningCall {

    /** The attempt as the code inside it sees it. The first request creates the view. */
    AttemptView view();

    /** The view if it exists. An attempt without a view has not ended. */
    @Nullable
    AttemptView knownView();

    RetryCall call();

    /** Whether this attempt or an enclosing one was abandoned while it runs. */
    boolean isAbandoned();

    /** Whether it is part of another attempt, as far as that is known. */
    boolean isNested();
}
