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
 * Creates an observation for each attempt, as a child of the caller's observation: in a trace, each attempt is a span.
 * Creates none if observations would only become meters, because the library's own meters exist already and cost
 * nothing per call.
 */
public final class AttemptObservations implements AttemptObserver, SmartInitializingSingleton {

    private static final String NAME = "retrykit.attempt";

    /** The last distinct number of an attempt, because tag values must be bounded. */
    private static final int LAST_NUMBER = 4;

    private final Supplier<@Nullable ObservationRegistry> source;
    private volatile @Nullable ObservationRegistry registry;

    /**
     * Creates an observer that is inactive until all beans have been created: the registry must not be created before
     * the beans that customize it.
     *
     * @param source the registry; null if there is none or observations would only become meters
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
