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
 * Unless {@code retrykit.enabled} says no. A value that says neither must not switch retries off without a word: it
 * matches, and is reported when the settings are bound.
 */
final class OnRetrykitEnabled extends SpringBootCondition {

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        boolean enabled = Binder.get(context.getEnvironment())
                .bind("retrykit.enabled", Bindable.of(Boolean.class), new IgnoreErrorsBindHandler())
                .orElse(true);
        return new ConditionOutcome(
                enabled, ConditionMessage.forCondition("retrykit.enabled").because("is " + enabled));
    }
}
