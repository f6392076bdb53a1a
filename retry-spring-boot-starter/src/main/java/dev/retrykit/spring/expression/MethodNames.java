package dev.retrykit.spring.expression;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.core.KotlinDetector;

/** The names of methods in messages, meters and settings. */
public final class MethodNames {

    private MethodNames() {}

    /** {@code StockService.stock}: the default name of a policy or circuit. */
    public static String shortName(Method method, Class<?> type) {
        return simpleName(type) + "." + name(method);
    }

    /**
     * The name in the source code: the Kotlin compiler adds a suffix to the names of internal functions and of
     * functions with value classes.
     */
    public static String name(Method method) {
        String name = method.getName();
        return KotlinDetector.isKotlinType(method.getDeclaringClass())
                ? name.replaceFirst("(?<=.)(-[\\w-]{7})?(\\$.*)?$", "")
                : name;
    }

    /** The simple name of a class, or {@code Shop$1} for an anonymous class. */
    public static String simpleName(Class<?> type) {
        return type.isAnonymousClass()
                ? type.getName().substring(type.getPackageName().length()).replaceFirst("^\\.", "")
                : type.getSimpleName();
    }

    /** {@code com.acme.StockService.stock(java.lang.String)}: used if the short name is not unique. */
    public static String fullName(Method method, Class<?> type) {
        return type.getName() + "." + method.getName() + parameters(method, true);
    }

    /** {@code StockService.stock(String)}: the name in messages. */
    public static String readable(Method method, Class<?> type) {
        return shortName(method, type) + parameters(method, false);
    }

    /**
     * {@code (String)}: the parameters, without the continuation of a suspending function, which is not in the source
     * code.
     */
    public static String parameters(Method method, boolean full) {
        return Arrays.stream(method.getParameterTypes())
                .filter(parameter -> !parameter.getName().equals("kotlin.coroutines.Continuation"))
                .map(parameter -> full ? parameter.getTypeName() : parameter.getSimpleName())
                .collect(Collectors.joining(", ", "(", ")"));
    }
}
