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
 * Matches unless {@code retrykit.http.clients} is none. An invalid value matches too: it is reported when the settings
 * are bound.
 */
final class OnClientsWatched extends SpringBootCondition {

    private static final String KEY = "retrykit.http.clients";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        String clients = Binder.get(context.getEnvironment())
                .bind(KEY, Bindable.of(String.class), new IgnoreErrorsBindHandler())
                .orElse("");
        boolean watched = !clients.strip().equalsIgnoreCase("none");
        return new ConditionOutcome(watched, ConditionMessage.forCondition(KEY).because("is " + clients));
    }
}
