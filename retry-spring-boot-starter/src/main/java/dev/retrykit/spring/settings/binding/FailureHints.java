package dev.retrykit.spring.settings.binding;

import dev.retrykit.failure.book.FailureBook;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.util.ClassUtils;

/** Registers the reflection hints that a native image needs to read failures by a line of the failure book. */
final class FailureHints {

    private FailureHints() {}

    /** Registers a class and the members that its line reads. */
    static void register(ReflectionHints hints, FailureBook book, Class<?> type) {
        hints.registerType(type);
        for (Member member : book.membersOf(type)) {
            if (member instanceof Method method) {
                hints.registerMethod(method, ExecutableMode.INVOKE);
                registerValue(hints, method.getReturnType());
            } else {
                hints.registerField((Field) member);
                registerValue(hints, ((Field) member).getType());
            }
        }
    }

    /** Headers are read by whatever methods their class has. JDK types need no hints. */
    private static void registerValue(ReflectionHints hints, Class<?> declared) {
        Class<?> value = declared.isArray() ? declared.componentType() : declared;
        boolean isJdk = value.isPrimitive() || value.getName().startsWith("java.");
        if (!isJdk && !value.isEnum()) {
            hints.registerType(value, MemberCategory.INVOKE_PUBLIC_METHODS);
        }
    }

    /** Finds a class, also a nested one by its name with dots, without initializing it; null if it does not exist. */
    static @Nullable Class<?> find(String name, @Nullable ClassLoader classLoader) {
        ClassLoader loader = classLoader == null ? FailureHints.class.getClassLoader() : classLoader;
        String binaryName = name;
        int dot = name.length();
        while (dot >= 0) {
            try {
                return ClassUtils.forName(binaryName, loader);
            } catch (ClassNotFoundException | LinkageError | IllegalArgumentException missing) {
                dot = binaryName.lastIndexOf('.');
                binaryName = dot < 0 ? binaryName : binaryName.substring(0, dot) + '$' + binaryName.substring(dot + 1);
            }
        }
        return null;
    }
}
