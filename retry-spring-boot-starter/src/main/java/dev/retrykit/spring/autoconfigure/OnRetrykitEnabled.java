package dev.retrykit.spring.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.IgnoreErrorsBindHandler;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches unless {@code retrykit.enabled} is false. An invalid value matches too, so that it cannot switch retries off
 * silently: it is reported when the settings are bound.
 */
final class OnRetrykitEnabled extends SpringBootCondition {

    private static final String KEY = "retrykit.enabled";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        boolean enabled = !context.getEnvironment().containsProperty(KEY)
                || Binder.get(context.getEnvironment())
                        .bind(KEY, Bindable.of(Boolean.class), new IgnoreErrorsBindHandler())
                        .orElse(true);
        return new ConditionOutcome(enabled, ConditionMessage.forCondition(KEY).because("is " + enabled));
    }
}
