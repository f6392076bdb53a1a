package dev.retrykit.spring.method;

import dev.retrykit.RetryContext;
import dev.retrykit.spring.call.Invocation;
import dev.retrykit.spring.expression.KeyOfCall;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes the text with which the idempotency keys of a call begin. */
@FunctionalInterface
interface RequestKeys {

    /** What a header may carry, whether it is quoted or not, and what no list of values is split at. */
    Pattern PLAIN = Pattern.compile("[!#-+\\--:<-\\[\\]-~]{1,200}");

    /**
     * The text.
     *
     * @throws IllegalArgumentException if the arguments give none
     */
    String text(@Nullable Object[] arguments);

    /** A random one for each call. */
    static RequestKeys random() {
        return arguments -> UUID.randomUUID().toString();
    }

    /** The value of an expression; one that a header can't carry as it is, by its hash. */
    static RequestKeys of(KeyOfCall value) {
        return arguments -> {
            String text = value.of(arguments);
            if (text.isBlank()) {
                throw new IllegalArgumentException(value + " is blank, so nothing was called.");
            }
            return PLAIN.matcher(text).matches() ? text : KeyOfCall.hash(text);
        };
    }

    /** The method, each attempt of which begins by saying what its keys are made from. */
    default Invocation.Body in(Invocation.Body method, @Nullable Object[] arguments) {
        String text = text(arguments);
        return given -> {
            RetryContext.current().ifPresent(attempt -> attempt.idempotencyKeysFrom(text));
            return method.call(given);
        };
    }
}
