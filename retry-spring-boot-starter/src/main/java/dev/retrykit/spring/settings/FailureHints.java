package dev.retrykit.spring.settings;

import dev.retrykit.failure.book.FailureBook;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.util.ClassUtils;

/** What a native image must keep of a class so that lines of the failure book can read its instances. */
final class FailureHints {

    private FailureHints() {}

    /** The class and what its line reads. */
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

    /** Headers are asked in whatever way their class has; one of the JDK needs no asking. */
    private static void registerValue(ReflectionHints hints, Class<?> declared) {
        Class<?> value = declared.isArray() ? declared.componentType() : declared;
        boolean isJdk = value.isPrimitive() || value.getName().startsWith("java.");
        if (!isJdk && !value.isEnum()) {
            hints.registerType(value, MemberCategory.INVOKE_PUBLIC_METHODS);
        }
    }

    /** A class that is there, without running its initializer; null if it isn't. */
    static @Nullable Class<?> find(String name, @Nullable ClassLoader classLoader) {
        try {
            return ClassUtils.forName(name, classLoader == null ? FailureHints.class.getClassLoader() : classLoader);
        } catch (ClassNotFoundException | LinkageError | IllegalArgumentException missing) {
            return null;
        }
    }
}
