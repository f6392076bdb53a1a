package dev.retrykit.spring.idempotency.neighbor;

import java.util.List;
import java.util.Map;
import org.springframework.boot.WebApplicationType;

/**
 * An application that carries neighbors that can live together.
 *
 * @param parts its configurations and controllers
 */
record Application(
        String name,
        WebApplicationType type,
        Map<String, Object> settings,
        List<Neighbor> neighbors,
        Class<?>... parts) {}
