package dev.retrykit.spring.observe;

import dev.retrykit.event.ContextCarrier;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.concurrent.Executor;

/**
 * Carries all values registered with Micrometer's context propagation: observations, security, and those of the
 * application.
 */
public final class SnapshotCarrier implements ContextCarrier {

    private final ContextSnapshotFactory snapshots;

    /** Creates a carrier that uses the given factory. */
    public SnapshotCarrier(ContextSnapshotFactory snapshots) {
        this.snapshots = snapshots;
    }

    @Override
    public Executor capture() {
        ContextSnapshot snapshot = snapshots.captureAll();
        return task -> snapshot.wrap(task).run();
    }
}
