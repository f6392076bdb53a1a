package dev.retrykit.spring.expression;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.core.KotlinDetector;

/** Methods as messages, meters and settings name them. */
public final class MethodNames {

    private MethodNames() {}

    /** {@code StockService.stock}: the name of a policy or circuit without one. */
    public static String shortName(Method method, Class<?> type) {
        return simpleName(type) + "." + name(method);
    }

    /** As it is written: Kotlin's compiler appends to the names of internal functions and of those with value classes. */
    public static String name(Method method) {
        String name = method.getName();
        return KotlinDetector.isKotlinType(method.getDeclaringClass())
                ? name.replaceFirst("(?<=.)(-[\\w-]{7})?(\\$.*)?$", "")
                : name;
    }

    /** An anonymous class has none: {@code Shop$1} then. */
    public static String simpleName(Class<?> type) {
        return type.isAnonymousClass()
                ? type.getName().substring(type.getPackageName().length()).replaceFirst("^\\.", "")
                : type.getSimpleName();
    }

    /** {@code com.acme.StockService.stock(java.lang.String)}: where the short name isn't unique. */
    public static String fullName(Method method, Class<?> type) {
        return type.getName() + "." + method.getName() + parameters(method, true);
    }

    /** {@code StockService.stock(String)}: for people. */
    public static String readable(Method method, Class<?> type) {
        return shortName(method, type) + parameters(method, false);
    }

    /** {@code (String)}: without the continuation of a suspending function, which nobody writes. */
    public static String parameters(Method method, boolean full) {
        return Arrays.stream(method.getParameterTypes())
                .filter(parameter -> !parameter.getName().equals("kotlin.coroutines.Continuation"))
                .map(parameter -> full ? parameter.getTypeName() : parameter.getSimpleName())
                .collect(Collectors.joining(", ", "(", ")"));
    }
}
