package dev.retrykit.spring.actuate;

import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.binding.SettingsBinder;
import dev.retrykit.spring.settings.binding.SpellingMatcher;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;

/** Applies changed settings after an environment change of Spring Cloud: all of them or none. */
public final class EnvironmentRefreshListener implements ApplicationListener<EnvironmentChangeEvent> {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private final Retries retries;
    private final ApplicationContext context;

    /** Creates a listener for the application's policies, circuits and budgets. */
    public EnvironmentRefreshListener(Retries retries, ApplicationContext context) {
        this.retries = retries;
        this.context = context;
    }

    @Override
    public void onApplicationEvent(EnvironmentChangeEvent event) {
        if (event.getKeys().stream()
                .noneMatch(key -> SpellingMatcher.canonical(key).startsWith("retrykit"))) {
            return;
        }
        try {
            retries.runtimeSettings()
                    .rebind(SettingsBinder.bind(context.getEnvironment(), context.getClassLoader(), LOG::warn))
                    .forEach(difference -> LOG.info("Changed by a refresh: " + difference));
        } catch (InvalidSettingException refused) {
            LOG.warn("A refresh contains invalid settings, so the current settings stay in effect. "
                    + refused.getMessage() + " " + MessageText.line(refused.action(), 300));
        }
    }
}
