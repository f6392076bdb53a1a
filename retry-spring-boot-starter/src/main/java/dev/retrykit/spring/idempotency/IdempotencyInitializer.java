package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.store.MemoryStore;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Finds the endpoints once all beans have been created, starts the store, and logs the guarantee of each endpoint. */
public final class IdempotencyInitializer implements SmartInitializingSingleton {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private final Idempotency idempotency;
    private final ConfiguredSettings settings;
    private final List<EndpointSource> sources;

    /** Creates an initializer for the endpoints of all sources. */
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
            LOG.warn("Idempotency keys are stored in memory, because there is neither a single DataSource nor"
                    + " Redis. There is no guarantee across instances and restarts. If this is intended, set"
                    + " retrykit.idempotency.store=memory");
        }
        LOG.info("Idempotency keys are stored in the " + idempotency.store().name() + " store: "
                + idempotency.methods().stream()
                        .map(method -> method.name() + " " + method.guarantee().words())
                        .sorted()
                        .collect(Collectors.joining(", ")));
    }
}
