package dev.retrykit.spring.expression;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The key of a call as text. A long key is replaced by its hash, because keys may come from outside. */
public final class CallKeyExpression {

    private static final int LONGEST = 200;

    private static final ClassValue<Boolean> SPEAKS = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return !type.isArray() && !isObjects(type);
        }
    };

    private final ArgumentExpression expression;

    /** Creates keys from the value of an expression. */
    public CallKeyExpression(ArgumentExpression expression) {
        this.expression = expression;
    }

    /**
     * Returns the key of a call.
     *
     * @throws IllegalArgumentException if the value is null, or if its text does not identify it
     */
    public String of(@Nullable Object[] arguments) {
        return of(expression.value(arguments));
    }

    /**
     * Returns the key of a call; null if the expression is null.
     *
     * @throws IllegalArgumentException if the expression fails, or if its text does not identify the value
     */
    public @Nullable String find(@Nullable Object[] arguments) {
        Object value = expression.find(arguments);
        return value == null ? null : of(value);
    }

    private String of(Object value) {
        if (!SPEAKS.get(value.getClass())) {
            throw new IllegalArgumentException(
                    expression + " is a " + value.getClass().getTypeName()
                            + ", whose text does not identify it: use a property such as a text or a number.");
        }
        String text = text(value);
        return text.length() <= LONGEST ? text : "sha256:" + hash(text);
    }

    /** Whether the key depends on an argument. */
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
                    expression + " is a " + value.getClass().getTypeName() + ", whose toString() failed, so the method"
                            + " was not called.",
                    failed);
        }
        if (text == null) {
            throw new IllegalArgumentException(expression + " is a "
                    + value.getClass().getTypeName() + ", whose toString() is null, so the method was not called.");
        }
        return text;
    }

    /** Whether a type inherits toString() from Object, whose text differs for each instance. */
    private static boolean isObjects(Class<?> type) {
        try {
            return type.getMethod("toString").getDeclaringClass() == Object.class;
        } catch (NoSuchMethodException impossible) {
            return true;
        }
    }

    /** SHA-256, as hexadecimal digits. */
    public static String hash(String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK provides SHA-256", impossible);
        }
    }
}
