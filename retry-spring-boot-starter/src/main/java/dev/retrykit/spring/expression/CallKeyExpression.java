package dev.retrykit.spring.expression;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The key of a call as text. Keys may come from outside: a long one is kept as its hash. */
public final class CallKeyExpression {

    private static final int LONGEST = 200;

    private static final ClassValue<Boolean> SPEAKS = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return !type.isArray() && !isObjects(type);
        }
    };

    private final ArgumentExpression expression;

    /** Of the value of an expression. */
    public CallKeyExpression(ArgumentExpression expression) {
        this.expression = expression;
    }

    /**
     * The key.
     *
     * @throws IllegalArgumentException if there is none, or if its text would say nothing about it
     */
    public String of(@Nullable Object[] arguments) {
        return of(expression.value(arguments));
    }

    /**
     * The key; null if the expression is null.
     *
     * @throws IllegalArgumentException if the expression fails, or if its text would say nothing about it
     */
    public @Nullable String find(@Nullable Object[] arguments) {
        Object value = expression.find(arguments);
        return value == null ? null : of(value);
    }

    private String of(Object value) {
        if (!SPEAKS.get(value.getClass())) {
            throw new IllegalArgumentException(
                    expression + " is a " + value.getClass().getTypeName()
                            + ", whose text tells nothing: take a text, a number or the like from it.");
        }
        String text = text(value);
        return text.length() <= LONGEST ? text : "sha256:" + hash(text);
    }

    /** Whether it depends on an argument. */
    public boolean namesArguments() {
        return expression.namesArguments();
    }

    @Override
    public String toString() {
        return expression.toString();
    }

    private String text(Object value) {
        String text;
        try {
            text = value.toString();
        } catch (RuntimeException failed) {
            throw new IllegalArgumentException(
                    expression + " is a " + value.getClass().getTypeName() + ", whose toString() failed, so nothing was"
                            + " called.",
                    failed);
        }
        if (text == null) {
            throw new IllegalArgumentException(expression + " is a "
                    + value.getClass().getTypeName() + ", whose toString() is null, so nothing was called.");
        }
        return text;
    }

    /** Whether it has no text of its own: what identity makes of it is another key each time. */
    private static boolean isObjects(Class<?> type) {
        try {
            return type.getMethod("toString").getDeclaringClass() == Object.class;
        } catch (NoSuchMethodException impossible) {
            return true;
        }
    }

    /** SHA-256, in hexadecimal digits. */
    public static String hash(String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
