package dev.retrykit.spring.expression;

import dev.retrykit.spring.settings.binding.SpellingMatcher;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.util.ClassUtils;

/**
 * The names by which an expression can refer to a method's arguments: those in the method itself, those in the methods
 * that it overrides or implements, since the annotation may be there, and {@code p0} or {@code a0} for the first.
 */
final class ArgumentNames {

    private static final ParameterNameDiscoverer DISCOVERER = new DefaultParameterNameDiscoverer();
    private static final Pattern NUMBERED = Pattern.compile("[ap]\\d{1,3}");

    private final Map<String, Integer> positions = new LinkedHashMap<>();
    private final int count;

    /**
     * Reads the names of a method's arguments. Its own names take precedence over those of overridden methods.
     *
     * @param type the called class, which may implement an interface that the method's declaring class does not
     */
    ArgumentNames(Method method, Class<?> type) {
        this.count = method.getParameterCount() - (KotlinDetector.isSuspendingFunction(method) ? 1 : 0);
        add(method);
        for (Class<?> parent = method.getDeclaringClass().getSuperclass();
                parent != null;
                parent = parent.getSuperclass()) {
            addOverridden(method, parent);
        }
        for (Class<?> contract : ClassUtils.getAllInterfacesForClassAsSet(type)) {
            addOverridden(method, contract);
        }
    }

    private void addOverridden(Method method, Class<?> type) {
        for (Method declared : type.getDeclaredMethods()) {
            if (!declared.isSynthetic() && isOverridden(declared, method)) {
                add(declared);
            }
        }
    }

    /** Compares the name and the erased parameter types; for generic parameters, the name and their number. */
    private static boolean isOverridden(Method declared, Method method) {
        if (!declared.getName().equals(method.getName())
                || declared.getParameterCount() != method.getParameterCount()) {
            return false;
        }
        Class<?>[] general = declared.getParameterTypes();
        Class<?>[] own = method.getParameterTypes();
        for (int i = 0; i < own.length; i++) {
            boolean generic = !(declared.getGenericParameterTypes()[i] instanceof Class<?>);
            if (own[i] != general[i] && !(generic && general[i].isAssignableFrom(own[i]))) {
                return false;
            }
        }
        return true;
    }

    private void add(Method method) {
        String[] names = DISCOVERER.getParameterNames(method);
        for (int i = 0; names != null && i < Math.min(count, names.length); i++) {
            positions.putIfAbsent(names[i], i);
        }
    }

    /** The position of the argument of this name: 0 for the first, -1 for an unknown name. */
    int position(String name) {
        Integer position = positions.get(name);
        if (position != null) {
            return position;
        }
        int number = NUMBERED.matcher(name).matches() ? Integer.parseInt(name.substring(1)) : count;
        return number < count ? number : -1;
    }

    /** Describes the known names, for a message about an unknown one. */
    String instead(String name) {
        if (count == 0) {
            return "The method has no arguments.";
        }
        return positions.isEmpty()
                ? "The names of its arguments are unknown."
                : SpellingMatcher.suggestion(name, known());
    }

    /** The remedy for an unknown name. */
    String remedy() {
        if (count == 0) {
            return "Use a constant or @bean.method(), or remove the key.";
        }
        return positions.isEmpty()
                ? "Compile with -parameters, or refer to the first argument as #p0."
                : "Refer to an argument as #name, or to the first one as #p0.";
    }

    private Set<String> known() {
        return positions.keySet();
    }
}
