package dev.retrykit.internal.foreign;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A public method without arguments, a public field, or the length of an array, found by name in the class of an
 * object. The lookup happens once per class. The data kept with a class refers only to that class and the JDK, so that
 * no class keeps an application alive.
 */
public final class Property {

    private static final MethodType OBJECT = MethodType.methodType(Object.class, Object.class);
    private static final MethodType NUMBER = MethodType.methodType(long.class, Object.class);
    private static final MethodType FLAG = MethodType.methodType(boolean.class, Object.class);
    private static final String LENGTH = "length";

    private static final int MOST_DIGITS = 18;

    private final String name;
    private final ClassValue<Object> handles;

    Property(String name) {
        this.name = name;
        this.handles = new Handles(name);
    }

    String name() {
        return name;
    }

    /** Whether objects of the class have this property. */
    boolean isOf(Class<?> type) {
        return handles.get(type) instanceof MethodHandle;
    }

    /** The type of the property's values; null if objects of the class do not have it. */
    static @Nullable Class<?> typeIn(Class<?> type, String name) {
        if (isLength(type, name)) {
            return int.class;
        }
        Member member = member(type, name);
        return member == null ? null : typeOf(member);
    }

    static Class<?> typeOf(Member member) {
        return member instanceof Method method ? method.getReturnType() : ((Field) member).getType();
    }

    /** The value, unwrapped from an optional; null if there is none, or if it cannot be read. */
    @Nullable
    Object read(Object target) {
        if (!(handles.get(target.getClass()) instanceof MethodHandle handle)) {
            return null;
        }
        try {
            Class<?> type = handle.type().returnType();
            if (type == long.class) {
                return (long) handle.invokeExact(target);
            }
            if (type == boolean.class) {
                return (boolean) handle.invokeExact(target);
            }
            return unwrapped((Object) handle.invokeExact(target));
        } catch (Throwable unreadable) {
            return null;
        }
    }

    private static @Nullable Object unwrapped(@Nullable Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.orElse(null);
        }
        if (value instanceof OptionalInt optional) {
            return optional.isPresent() ? optional.getAsInt() : null;
        }
        if (value instanceof OptionalLong optional) {
            return optional.isPresent() ? optional.getAsLong() : null;
        }
        if (value instanceof OptionalDouble optional) {
            return optional.isPresent() ? optional.getAsDouble() : null;
        }
        return value;
    }

    /** The value as a whole number, without boxing if the property is one. Its decimal digits count as a number, too. */
    long number(Object target, long absent) {
        if (handles.get(target.getClass()) instanceof MethodHandle handle
                && handle.type().returnType() == long.class) {
            try {
                return (long) handle.invokeExact(target);
            } catch (Throwable unreadable) {
                return absent;
            }
        }
        Object value = read(target);
        if (value instanceof Number number) {
            return number.longValue();
        }
        return value instanceof CharSequence text && isNumber(text) ? Long.parseLong(text.toString()) : absent;
    }

    /** Whether a text is a number in its only form: a code such as {@code 08001} is not the number 8001. */
    private static boolean isNumber(CharSequence text) {
        int length = text.length();
        if (length == 0 || length > MOST_DIGITS || length > 1 && text.charAt(0) == '0') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** Whether the value is true. */
    boolean isTrue(Object target) {
        if (handles.get(target.getClass()) instanceof MethodHandle handle
                && handle.type().returnType() == boolean.class) {
            try {
                return (boolean) handle.invokeExact(target);
            } catch (Throwable unreadable) {
                return false;
            }
        }
        return Boolean.TRUE.equals(read(target));
    }

    private static final class Handles extends ClassValue<Object> {

        private static final Object MISSING = "";

        private final String name;

        Handles(String name) {
            this.name = name;
        }

        @Override
        protected Object computeValue(Class<?> type) {
            if (isLength(type, name)) {
                return MethodHandles.arrayLength(type).asType(NUMBER);
            }
            try {
                Member member = member(type, name);
                MethodHandle handle = member == null ? null : handle(member);
                return handle == null ? MISSING : handle;
            } catch (VirtualMachineError broken) {
                throw broken;
            } catch (Error notInThisImage) {
                return MISSING;
            }
        }
    }

    /** The length of an array is not a member that reflection finds. */
    private static boolean isLength(Class<?> type, String name) {
        return type.isArray() && name.equals(LENGTH);
    }

    private static @Nullable MethodHandle handle(Member member) {
        try {
            MethodHandle handle = member instanceof Method method
                    ? MethodHandles.publicLookup().unreflect(method)
                    : MethodHandles.publicLookup().unreflectGetter((Field) member);
            return handle.asType(form(handle.type().returnType()));
        } catch (IllegalAccessException hidden) {
            return null;
        }
    }

    private static MethodType form(Class<?> type) {
        if (type == int.class || type == long.class || type == short.class) {
            return NUMBER;
        }
        return type == boolean.class ? FLAG : OBJECT;
    }

    /**
     * Returns the public member of the class; if the class is not public, the member that it has from a public type.
     */
    static @Nullable Member member(Class<?> type, String name) {
        Method method = method(type, name);
        if (method != null) {
            return method;
        }
        try {
            Field field = type.getField(name);
            return Modifier.isStatic(field.getModifiers()) || !isReachable(field) ? null : field;
        } catch (NoSuchFieldException | LinkageError missing) {
            return null;
        }
    }

    /** Returns the reachable public method of a class with these parameters; null if there is none. */
    static @Nullable Method method(@Nullable Class<?> type, String name, Class<?>... parameters) {
        for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
            Method own = declared(owner, name, parameters);
            if (own != null) {
                return own;
            }
            for (Class<?> contract : owner.getInterfaces()) {
                Method inherited = method(contract, name, parameters);
                if (inherited != null) {
                    return inherited;
                }
            }
        }
        return null;
    }

    private static @Nullable Method declared(Class<?> owner, String name, Class<?>... parameters) {
        try {
            Method method = owner.getDeclaredMethod(name, parameters);
            boolean usable = method.getReturnType() != void.class
                    && !Modifier.isStatic(method.getModifiers())
                    && Modifier.isPublic(method.getModifiers())
                    && isReachable(method);
            return usable ? method : null;
        } catch (NoSuchMethodException missing) {
            return null;
        } catch (VirtualMachineError broken) {
            throw broken;
        } catch (Error notInThisImage) {
            return null;
        }
    }

    /** A member of a class that is not public, such as one of the application's classes, may still be opened. */
    private static <M extends java.lang.reflect.AccessibleObject & Member> boolean isReachable(M member) {
        try {
            Class<?> owner = member.getDeclaringClass();
            boolean open =
                    Modifier.isPublic(owner.getModifiers()) && owner.getModule().isExported(owner.getPackageName());
            return open || member.trySetAccessible();
        } catch (RuntimeException refused) {
            return false;
        }
    }
}
