package dev.retrykit.spring.observe;

import dev.retrykit.ContextCarrier;
import java.util.List;
import java.util.concurrent.Executor;

/** Several carriers, one inside the other. */
public final class ContextCarriers implements ContextCarrier {

    private final List<ContextCarrier> carriers;

    /** The first is the outermost. */
    public ContextCarriers(List<ContextCarrier> carriers) {
        this.carriers = List.copyOf(carriers);
    }

    @Override
    public Executor capture() {
        Executor all = Runnable::run;
        for (ContextCarrier carrier : carriers) {
            all = inside(all, carrier.capture());
        }
        return all;
    }

    private static Executor inside(Executor outer, Executor inner) {
        return task -> outer.execute(() -> inner.execute(task));
    }
}
