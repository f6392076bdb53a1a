package dev.retrykit.internal.foreign;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Optional;
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

    /** The value, unwrapped from an {@link Optional}; null if there is none, or if it cannot be read. */
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
            Object value = (Object) handle.invokeExact(target);
            return value instanceof Optional<?> optional ? optional.orElse(null) : value;
        } catch (Throwable unreadable) {
            return null;
        }
    }

    /** The value as a whole number, without boxing if the property is one. */
    long number(Object target, long absent) {
        if (handles.get(target.getClass()) instanceof MethodHandle handle
                && handle.type().returnType() == long.class) {
            try {
                return (long) handle.invokeExact(target);
            } catch (Throwable unreadable) {
                return absent;
            }
        }
        return read(target) instanceof Number number ? number.longValue() : absent;
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

    private static @Nullable Method method(@Nullable Class<?> type, String name) {
        for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
            Method own = declared(owner, name);
            if (own != null) {
                return own;
            }
            for (Class<?> contract : owner.getInterfaces()) {
                Method inherited = method(contract, name);
                if (inherited != null) {
                    return inherited;
                }
            }
        }
        return null;
    }

    private static @Nullable Method declared(Class<?> owner, String name) {
        try {
            Method method = owner.getDeclaredMethod(name);
            boolean usable = method.getReturnType() != void.class
                    && !Modifier.isStatic(method.getModifiers())
                    && Modifier.isPublic(method.getModifiers())
                    && isReachable(method);
            return usable ? method : null;
        } catch (NoSuchMethodException | LinkageError missing) {
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
