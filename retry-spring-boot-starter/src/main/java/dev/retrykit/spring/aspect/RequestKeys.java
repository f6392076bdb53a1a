package dev.retrykit.spring.aspect;

import dev.retrykit.RetryContext;
import dev.retrykit.spring.aspect.adapter.Invocation;
import dev.retrykit.spring.expression.CallKeyExpression;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Determines the source of a call's idempotency keys. */
@FunctionalInterface
interface RequestKeys {

    /**
     * The text from which the keys are derived; null for random keys.
     *
     * @throws IllegalArgumentException if the arguments provide none
     */
    @Nullable
    String text(@Nullable Object[] arguments);

    /** Random keys for each call. */
    static RequestKeys random() {
        return arguments -> null;
    }

    /** Keys that are derived from the value of an expression. */
    static RequestKeys of(CallKeyExpression value) {
        return arguments -> {
            String text = value.of(arguments);
            if (text.isBlank()) {
                throw new IllegalArgumentException(value + " is blank, so the method was not called.");
            }
            return text;
        };
    }

    /** Returns a method whose attempts first set the source of their keys. */
    default Invocation.Body in(Invocation.Body method, @Nullable Object[] arguments) {
        String text = text(arguments);
        return given -> {
            RetryContext.current().ifPresent(attempt -> begin(attempt, text));
            return method.call(given);
        };
    }

    /** Returns the same source, which applies only while keys are enabled. */
    default RequestKeys onlyWhile(BooleanSupplier wanted) {
        RequestKeys keys = this;
        return new RequestKeys() {

            @Override
            public @Nullable String text(@Nullable Object[] arguments) {
                return keys.text(arguments);
            }

            @Override
            public Invocation.Body in(Invocation.Body method, @Nullable Object[] arguments) {
                return wanted.getAsBoolean() ? keys.in(method, arguments) : method;
            }
        };
    }

    private static void begin(RetryContext attempt, @Nullable String text) {
        if (text == null) {
            attempt.sendIdempotencyKeys();
        } else {
            attempt.idempotencyKeysFrom(text);
        }
    }
}
