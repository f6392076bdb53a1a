package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.store.MemoryStore;
import dev.retrykit.spring.settings.ConfiguredSettings;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Once all beans are there: finds the endpoints, makes the store ready and says what holds for them. */
public final class IdempotencyInitializer implements SmartInitializingSingleton {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private final Idempotency idempotency;
    private final ConfiguredSettings settings;
    private final List<EndpointSource> sources;

    /** For all that have endpoints. */
    public IdempotencyInitializer(Idempotency idempotency, ConfiguredSettings settings, List<EndpointSource> sources) {
        this.idempotency = idempotency;
        this.settings = settings;
        this.sources = List.copyOf(sources);
    }

    @Override
    public void afterSingletonsInstantiated() {
        sources.forEach(EndpointSource::find);
        idempotency.begin();
        if (idempotency.methods().isEmpty()) {
            return;
        }
        if (idempotency.store() instanceof MemoryStore && settings.idempotency().store() == null) {
            LOG.warn(
                    "Idempotency keys are kept in memory, since there is neither one DataSource nor Redis: nothing holds"
                            + " across instances and restarts. If that is what you want, set retrykit.idempotency.store=memory");
        }
        LOG.info("Idempotency keys are kept in the " + idempotency.store().name() + " store: "
                + idempotency.methods().stream()
                        .map(method -> method.name() + " " + method.guarantee().words())
                        .sorted()
                        .collect(Collectors.joining(", ")));
    }
}
