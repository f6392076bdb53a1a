package dev.retrykit.internal.stage;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Handles stages of foreign code. */
public final class Stages {

    private Stages() {}

    /** Null if the stage is of a kind that can be neither queried nor cancelled. */
    public static <T extends @Nullable Object> @Nullable CompletableFuture<T> futureOf(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture();
        } catch (UnsupportedOperationException unknown) {
            return null;
        }
    }

    /** Cancels what is no longer needed. It may ignore this; nothing waits for it. Never throws. */
    public static void cancel(@Nullable CompletableFuture<?> unwanted) {
        if (unwanted != null) {
            try {
                unwanted.cancel(true);
            } catch (Throwable refused) {
                // the result is ignored anyway
            }
        }
    }
}
