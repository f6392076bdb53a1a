package dev.retrykit.spring.autoconfigure;

import java.util.List;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;

/** Checks whether Spring Security authenticates callers. */
final class Security {

    private static final List<String> CHAINS = List.of(
            "org.springframework.security.web.SecurityFilterChain",
            "org.springframework.security.web.server.SecurityWebFilterChain");

    private Security() {}

    static boolean isThere(ApplicationContext context) {
        ClassLoader loader = context.getClassLoader();
        return CHAINS.stream()
                .filter(chain -> ClassUtils.isPresent(chain, loader))
                .map(chain -> ClassUtils.resolveClassName(chain, loader))
                .anyMatch(chain -> context.getBeanNamesForType(chain, true, false).length > 0);
    }
}
