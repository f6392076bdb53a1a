package dev.retrykit.internal.foreign;

import java.lang.reflect.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A chain of properties, each read from the value of the previous one: {@code getResponse.getStatusCode}.
 *
 * @param text as it is written
 * @param steps the properties, at least one
 */
public record PropertyPath(String text, List<Property> steps) {

    private static final Pattern FORM = Pattern.compile("\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*+"
            + "(?:\\.\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*+)*+");

    /** The number of elements of a collection that are read, since another library's may be endless. */
    public static final int MOST_ELEMENTS = 1_000;

    private static final Set<Class<?>> GENERAL = Set.of(Object.class, Optional.class);

    /** Whether a text has the form of a path. */
    public static boolean isPath(String text) {
        return FORM.matcher(text).matches();
    }

    public static PropertyPath of(String text) {
        return new PropertyPath(
                text, Arrays.stream(text.split("\\.")).map(Property::new).toList());
    }

    /** The value; null if a step has none. If the last step is read from the elements of a collection, a list. */
    public @Nullable Object read(Object start) {
        Object owner = ownerOfLast(start);
        if (owner instanceof Collection<?> elements && !last().isOf(owner.getClass())) {
            return ofEach(elements);
        }
        return owner == null ? null : last().read(owner);
    }

    private @Nullable List<Object> ofEach(Collection<?> elements) {
        List<Object> values = new ArrayList<>();
        try {
            int left = MOST_ELEMENTS;
            for (Object element : elements) {
                if (left-- == 0) {
                    break;
                }
                Object value = element == null ? null : last().read(element);
                if (value != null) {
                    values.add(value);
                }
            }
        } catch (RuntimeException unreadable) {
            return null;
        }
        return values;
    }

    /** The value as a whole number. */
    public long number(Object start, long absent) {
        Object owner = ownerOfLast(start);
        return owner == null ? absent : last().number(owner, absent);
    }

    /** Whether the value is true. */
    public boolean isTrue(Object start) {
        Object owner = ownerOfLast(start);
        return owner != null && last().isTrue(owner);
    }

    /** Whether objects of the class have the first property of the path. */
    public boolean beginsIn(Class<?> type) {
        return steps.get(0).isOf(type);
    }

    /**
     * The first step that does not exist as far as the declared types show; null if all exist. Nothing is known beyond
     * a step of a general type, such as {@code Object}, a cause, a collection or an {@link Optional}.
     */
    public @Nullable String missingIn(Class<?> type) {
        Class<?> owner = type;
        for (Property step : steps) {
            Class<?> value = Property.typeIn(owner, step.name());
            if (value == null) {
                return step.name();
            }
            if (GENERAL.contains(value)
                    || Throwable.class.isAssignableFrom(value)
                    || Collection.class.isAssignableFrom(value)) {
                return null;
            }
            owner = value;
        }
        return null;
    }

    /** The members that are read, as far as the declared types show. */
    public List<Member> membersIn(Class<?> type) {
        List<Member> members = new ArrayList<>();
        Class<?> owner = type;
        for (Property step : steps) {
            Member member = Property.member(owner, step.name());
            if (member == null) {
                return members;
            }
            members.add(member);
            owner = Property.typeOf(member);
        }
        return members;
    }

    private @Nullable Object ownerOfLast(Object start) {
        Object owner = start;
        for (int i = 0; i < steps.size() - 1 && owner != null; i++) {
            owner = steps.get(i).read(owner);
        }
        return owner;
    }

    private Property last() {
        return steps.get(steps.size() - 1);
    }

    @Override
    public String toString() {
        return text;
    }
}
