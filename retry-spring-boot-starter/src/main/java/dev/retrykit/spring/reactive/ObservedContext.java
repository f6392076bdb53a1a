package dev.retrykit.spring.reactive;

import dev.retrykit.event.Scope;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.springframework.util.ClassUtils;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Propagates the observation of a subscriber: to the thread while a call starts, so that attempts become its children,
 * and that of the attempt to the context of its publisher.
 */
final class ObservedContext {

    /** Micrometer's key on threads and in contexts. */
    private static final String KEY = "micrometer.observation";

    private static final boolean PRESENT = ClassUtils.isPresent(
            "io.micrometer.context.ContextSnapshotFactory", ObservedContext.class.getClassLoader());

    private ObservedContext() {}

    /** Makes the subscriber's observation, if there is one, that of this thread until the scope is closed. */
    static Scope enter(ContextView subscriber) {
        return PRESENT && subscriber.hasKey(KEY) ? Snapshots.enter(subscriber) : () -> {};
    }

    /** Returns the context with this thread's observation instead of the subscriber's. */
    static Context inside(Context context) {
        return PRESENT ? Snapshots.inside(context) : context;
    }

    /** A separate class, loaded only if the library is present. */
    private static final class Snapshots {

        private static final ContextSnapshotFactory FACTORY = ContextSnapshotFactory.builder()
                .captureKeyPredicate(KEY::equals)
                .build();

        static Scope enter(ContextView subscriber) {
            ContextSnapshot.Scope scope = FACTORY.setThreadLocalsFrom(subscriber, KEY);
            return scope::close;
        }

        static Context inside(Context context) {
            return FACTORY.captureAll().updateContext(context);
        }
    }
}
