package dev.retrykit.spring.reactive;

import dev.retrykit.event.Scope;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.springframework.util.ClassUtils;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The observation that a subscriber is part of: on the thread while a call begins, so that attempts become its children, and
 * the attempt's own in the context of what it subscribes to.
 */
final class ObservedContext {

    /** Micrometer's own key, on threads and in contexts. */
    private static final String KEY = "micrometer.observation";

    private static final boolean PRESENT = ClassUtils.isPresent(
            "io.micrometer.context.ContextSnapshotFactory", ObservedContext.class.getClassLoader());

    private ObservedContext() {}

    /** Puts the subscriber's observation on this thread, if there is one, until the scope is closed. */
    static Scope enter(ContextView subscriber) {
        return PRESENT && subscriber.hasKey(KEY) ? Snapshots.enter(subscriber) : () -> {};
    }

    /** The context, with this thread's observation in the place of the subscriber's. */
    static Context inside(Context context) {
        return PRESENT ? Snapshots.inside(context) : context;
    }

    /** Apart, so that it is loaded only where the library is. */
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
