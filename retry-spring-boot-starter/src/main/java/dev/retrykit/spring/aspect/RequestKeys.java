package dev.retrykit.spring.aspect;

import dev.retrykit.RetryContext;
import dev.retrykit.spring.aspect.adapter.Invocation;
import dev.retrykit.spring.expression.CallKeyExpression;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Says what the idempotency keys of a call are made from. */
@FunctionalInterface
interface RequestKeys {

    /**
     * The text that they are made from; null if they are random.
     *
     * @throws IllegalArgumentException if the arguments give none
     */
    @Nullable
    String text(@Nullable Object[] arguments);

    /** Random ones for each call. */
    static RequestKeys random() {
        return arguments -> null;
    }

    /** From the value of an expression. */
    static RequestKeys of(CallKeyExpression value) {
        return arguments -> {
            String text = value.of(arguments);
            if (text.isBlank()) {
                throw new IllegalArgumentException(value + " is blank, so nothing was called.");
            }
            return text;
        };
    }

    /** The method, each attempt of which begins by saying what its keys are made from. */
    default Invocation.Body in(Invocation.Body method, @Nullable Object[] arguments) {
        String text = text(arguments);
        return given -> {
            RetryContext.current().ifPresent(attempt -> begin(attempt, text));
            return method.call(given);
        };
    }

    /** The same, as long as keys are wanted. */
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
