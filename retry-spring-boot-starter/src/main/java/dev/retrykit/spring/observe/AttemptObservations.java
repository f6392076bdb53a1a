package dev.retrykit.spring.observe;

import dev.retrykit.event.AttemptObserver;
import dev.retrykit.event.AttemptResult;
import dev.retrykit.event.Scope;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * An observation for each attempt, a child of the one that the call was made in: in a trace each attempt is a span. None
 * where observations would only become meters: those are there already, and cost a call nothing.
 */
public final class AttemptObservations implements AttemptObserver, SmartInitializingSingleton {

    private static final String NAME = "retrykit.attempt";

    /** The last number that is told from later ones: values of tags are few. */
    private static final int LAST_NUMBER = 4;

    private final Supplier<@Nullable ObservationRegistry> source;
    private volatile @Nullable ObservationRegistry registry;

    /**
     * Watches nothing until all beans are made: the registry mustn't be made before those that customize it.
     *
     * @param source the registry, null if there is none or observations only become meters
     */
    public AttemptObservations(Supplier<@Nullable ObservationRegistry> source) {
        this.source = source;
    }

    @Override
    public void afterSingletonsInstantiated() {
        registry = source.get();
    }

    @Override
    public boolean isWatching() {
        ObservationRegistry current = registry;
        return current != null && !current.isNoop();
    }

    @Override
    public @Nullable Watched begin(String policy, int attempt) {
        ObservationRegistry current = registry;
        if (current == null) {
            return null;
        }
        Observation observation = Observation.createNotStarted(NAME, current)
                .contextualName("attempt " + attempt + " of " + policy)
                .lowCardinalityKeyValue("policy", policy)
                .lowCardinalityKeyValue("attempt", attempt < LAST_NUMBER ? String.valueOf(attempt) : LAST_NUMBER + "+")
                .start();
        return new Observed(observation);
    }

    private record Observed(Observation observation) implements Watched {

        @Override
        public Scope enter() {
            return observation.openScope()::close;
        }

        @Override
        public void end(AttemptResult result, @Nullable Throwable failure) {
            observation.lowCardinalityKeyValue("result", result.name().toLowerCase(Locale.ROOT));
            if (failure != null) {
                observation.error(failure);
            }
            observation.stop();
        }
    }
}
