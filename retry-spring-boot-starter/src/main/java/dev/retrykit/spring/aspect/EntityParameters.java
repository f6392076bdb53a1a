package dev.retrykit.spring.aspect;

import dev.retrykit.spring.registry.PolicyEntry;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * Warns of retried transactional methods with a JPA entity as a parameter. A rollback does not undo the attempt's
 * changes to the entity: its identifier, its version and added elements remain. So the next attempt fails with a false
 * conflict, or adds the same data again.
 */
final class EntityParameters {

    private static final Log LOG = LogFactory.getLog(EntityParameters.class);

    private static final List<String> ANNOTATIONS =
            List.of("jakarta.persistence.Entity", "jakarta.persistence.MappedSuperclass");

    private EntityParameters() {}

    /** Warns of a method's entities and returns their types. */
    static List<Class<?>> warn(Method method, Class<?> type, String readable, PolicyEntry policy) {
        List<Class<?>> entities = new ArrayList<>();
        if (policy.policy().maxAttempts() == 1) {
            return entities;
        }
        List<String> found = new ArrayList<>();
        Parameter[] parameters = method.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            Class<?> entity = entity(ResolvableType.forMethodParameter(method, i, type));
            if (entity != null) {
                String name = parameters[i].isNamePresent() ? "'" + parameters[i].getName() + "'" : "number " + (i + 1);
                entities.add(entity);
                found.add(name + " (" + entity.getSimpleName() + ")");
            }
        }
        if (!found.isEmpty()) {
            LOG.warn(readable + " is retried by the policy '" + policy.name()
                    + "' in a transaction, and receives JPA entities from its caller: "
                    + String.join(" and ", found)
                    + ". A rollback does not undo an attempt's changes to them: the next attempt finds the identifier"
                    + " and version of rows that were rolled back, and fails with an optimistic locking failure or adds"
                    + " the same data again. Pass an identifier or plain values, and load or create the entity inside"
                    + " the method; or retry the caller that loads or creates it.");
        }
        return entities;
    }

    /**
     * The declared type, or the element type of an array, collection, map or Optional, if it is an entity; otherwise
     * null.
     */
    private static @Nullable Class<?> entity(ResolvableType declared) {
        return Stream.of(
                        declared,
                        declared.getComponentType(),
                        declared.as(Iterable.class).getGeneric(),
                        declared.as(Map.class).getGeneric(1),
                        declared.as(Optional.class).getGeneric())
                .map(ResolvableType::resolve)
                .filter(each -> each != null && isEntity(each))
                .findFirst()
                .orElse(null);
    }

    private static boolean isEntity(Class<?> type) {
        MergedAnnotations annotations = MergedAnnotations.from(type, SearchStrategy.SUPERCLASS);
        return ANNOTATIONS.stream().anyMatch(annotations::isPresent);
    }
}
