package dev.retrykit.failures;

import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.Comparator;

/** Makes failures whose constructors aren't public, or take what a test has no use for. */
final class Instances {

    private Instances() {}

    /** By the constructor with the fewest parameters; each gets the first argument of its type, or nothing. */
    static Throwable of(String type, Object... arguments) {
        try {
            return Arrays.stream(Class.forName(type).getDeclaredConstructors())
                    .filter(constructor -> takes(constructor, arguments))
                    .min(Comparator.comparingInt(Constructor::getParameterCount))
                    .map(constructor -> make(constructor, arguments))
                    .orElseThrow();
        } catch (ClassNotFoundException missing) {
            throw new AssertionError(missing);
        }
    }

    /** By the constructor without parameters. */
    static Object object(String type) {
        try {
            Constructor<?> constructor = Class.forName(type).getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (ReflectiveOperationException refused) {
            throw new AssertionError(refused);
        }
    }

    /** The first constant of an enumeration that isn't public. */
    static Object constant(String type) {
        try {
            return Class.forName(type).getEnumConstants()[0];
        } catch (ClassNotFoundException missing) {
            throw new AssertionError(missing);
        }
    }

    private static boolean takes(Constructor<?> constructor, Object... arguments) {
        return Arrays.stream(arguments)
                .allMatch(argument -> Arrays.stream(constructor.getParameterTypes())
                        .anyMatch(parameter -> boxed(parameter).isInstance(argument)));
    }

    private static Throwable make(Constructor<?> constructor, Object... arguments) {
        try {
            constructor.setAccessible(true);
            return (Throwable) constructor.newInstance(Arrays.stream(constructor.getParameterTypes())
                    .map(parameter -> value(parameter, arguments))
                    .toArray());
        } catch (ReflectiveOperationException refused) {
            throw new AssertionError(refused);
        }
    }

    private static Object value(Class<?> parameter, Object... arguments) {
        return Arrays.stream(arguments)
                .filter(boxed(parameter)::isInstance)
                .findFirst()
                .orElseGet(() -> parameter.isPrimitive() ? Array.get(Array.newInstance(parameter, 1), 0) : null);
    }

    private static Class<?> boxed(Class<?> type) {
        return MethodType.methodType(type).wrap().returnType();
    }
}
