package dev.retrykit.spring.observe;

import dev.retrykit.event.ContextCarrier;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Combines several context carriers by nesting them. */
public final class ContextCarriers implements ContextCarrier {

    private final List<ContextCarrier> carriers;

    /** Combines carriers, the first one being the outermost. */
    public ContextCarriers(List<ContextCarrier> carriers) {
        this.carriers = List.copyOf(carriers);
    }

    @Override
    public Executor capture() {
        Executor all = Runnable::run;
        for (ContextCarrier carrier : carriers) {
            Executor captured = capture(carrier);
            all = captured == null ? all : inside(all, captured);
        }
        return all;
    }

    /** A carrier that fails does not prevent the others. */
    private static @Nullable Executor capture(ContextCarrier carrier) {
        try {
            return carrier.capture();
        } catch (Throwable notCaptured) {
            return null;
        }
    }

    private static Executor inside(Executor outer, Executor inner) {
        return task -> outer.execute(() -> inner.execute(task));
    }
}
