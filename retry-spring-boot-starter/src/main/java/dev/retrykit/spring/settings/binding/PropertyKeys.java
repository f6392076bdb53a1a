package dev.retrykit.spring.settings.binding;

import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.RetrykitProperties;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** Finds the known keys in the records that settings are bound to. */
final class PropertyKeys {

    private PropertyKeys() {}

    /**
     * Describes what is wrong with a key below {@code retrykit}.
     *
     * @return a sentence for the message, or null if the key is known
     */
    static @Nullable String complaint(ConfigurationPropertyName name) {
        Type type = RetrykitProperties.class;
        StringBuilder path = new StringBuilder(name.getElement(0, Form.ORIGINAL));
        for (int i = 1; i < name.getNumberOfElements(); i++) {
            String element = name.getElement(i, Form.ORIGINAL);
            if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
                type = generic.getActualTypeArguments()[1];
                if (type == String.class) {
                    return null;
                }
            } else if (type instanceof Class<?> record && record.isRecord()) {
                RecordComponent component = component(record, element);
                if (component == null) {
                    return complaint(path, element, keys(record), mayBeMethod(name, i));
                }
                type = component.getGenericType();
            } else if (isListElement(type, name, i)) {
                type = ((ParameterizedType) type).getActualTypeArguments()[0];
            } else {
                return MessageText.quoted(path) + " is a single value and has no keys below it.";
            }
            path.append(name.isNumericIndex(i) ? "[" + element + "]" : dotted(element));
        }
        return null;
    }

    /** {@code policies.StockService.stock} is read as a key "stock" of a policy called StockService. */
    private static String complaint(StringBuilder path, String element, List<String> keys, boolean mayBeMethod) {
        String complaint = MessageText.quoted(path) + " has no key " + MessageText.quoted(element) + ". ";
        boolean dotted = mayBeMethod && SpellingMatcher.nearest(element, keys).isEmpty();
        return complaint
                + SpellingMatcher.suggestion(element, keys)
                + (dotted ? " Put a name that contains a dot in brackets: [SimpleClass.method]." : "");
    }

    private static boolean mayBeMethod(ConfigurationPropertyName name, int index) {
        String section = name.getElement(1, Form.UNIFORM);
        return index == 3
                && index < name.getNumberOfElements() - 1
                && (section.equals("policies") || section.equals("circuits"));
    }

    private static String dotted(String element) {
        return element.contains(".") ? ".[" + element + "]" : "." + element;
    }

    private static List<String> keys(Class<?> record) {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : record.getRecordComponents()) {
            keys.add(SpellingMatcher.kebab(component.getName()));
        }
        return keys;
    }

    private static @Nullable RecordComponent component(Class<?> record, String element) {
        return Arrays.stream(record.getRecordComponents())
                .filter(candidate ->
                        SpellingMatcher.canonical(candidate.getName()).equals(SpellingMatcher.canonical(element)))
                .findFirst()
                .orElse(null);
    }

    /** Whether a key below a section takes a list; false if the key is unknown. */
    static boolean isList(Class<? extends Record> section, String key) {
        Type type = section;
        for (String element : key.split("\\.")) {
            RecordComponent component =
                    type instanceof Class<?> record && record.isRecord() ? component(record, element) : null;
            if (component == null) {
                return false;
            }
            type = component.getGenericType();
        }
        return type instanceof ParameterizedType generic && generic.getRawType() == List.class;
    }

    private static boolean isListElement(Type type, ConfigurationPropertyName name, int index) {
        return type instanceof ParameterizedType generic
                && generic.getRawType() == List.class
                && name.isNumericIndex(index);
    }
}
