package dev.retrykit.spring.client.transport;

import java.lang.reflect.Field;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** A field of another library that has no accessor. If it is not accessible, one warning describes the consequence. */
public final class PrivateField {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private final String name;
    private final @Nullable Field field;

    private PrivateField(String name, @Nullable Field field) {
        this.name = name;
        this.field = field;
    }

    /** Looks up a field of a class that may be absent. */
    public static PrivateField of(String type, String name) {
        try {
            Field field = Class.forName(type, false, PrivateField.class.getClassLoader())
                    .getDeclaredField(name);
            field.setAccessible(true);
            return new PrivateField(type + "." + name, field);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError unreachable) {
            return new PrivateField(type + "." + name, null);
        }
    }

    /**
     * Whether the field can be read in an object; otherwise logs a warning.
     *
     * @param without the consequence, for the warning
     */
    public boolean isIn(Object object, String without) {
        if (field != null && field.getDeclaringClass().isInstance(object)) {
            return true;
        }
        warn(object, without);
        return false;
    }

    /** Returns the field's value; null also if it cannot be read. */
    public @Nullable Object get(Object object) {
        try {
            return field == null ? null : field.get(object);
        } catch (IllegalAccessException | RuntimeException unreachable) {
            return null;
        }
    }

    /**
     * Sets the field's value.
     *
     * @return whether it was set
     */
    public boolean trySet(Object object, @Nullable Object value) {
        try {
            if (field == null) {
                return false;
            }
            field.set(object, value);
            return true;
        } catch (IllegalAccessException | RuntimeException unreachable) {
            return false;
        }
    }

    private void warn(Object object, String without) {
        if (WARNED.add(name)) {
            LOG.warn(object.getClass().getName() + " has no field " + name + " that can be read. " + without
                    + " (Logged once.)");
        }
    }
}
