package dev.retrykit.spring.aspect;

import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.reflect.Method;
import java.util.Map;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/** Annotations of other libraries that retry a method. Beside ours attempts would multiply: 3 times 3 calls. */
final class CompetingRetryCheck {

    /** Whose an annotation is, by its name: none of the classes need be there. */
    private static final Map<String, String> ANNOTATIONS = Map.of(
            "org.springframework.resilience.annotation.Retryable", "Spring Framework's @Retryable",
            "org.springframework.retry.annotation.Retryable", "spring-retry's @Retryable",
            "io.github.resilience4j.retry.annotation.Retry", "Resilience4j's @Retry");

    private CompetingRetryCheck() {}

    /**
     * Checks that nobody else retries a method that we retry.
     *
     * @param readable the method, for messages
     * @throws InvalidSettingException if somebody does, by an annotation on the method or on its type
     */
    static void check(Method method, Class<?> type, String readable) {
        MergedAnnotations onMethod = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
        MergedAnnotations onType = MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY);
        ANNOTATIONS.forEach((name, whose) -> {
            if (onMethod.isPresent(name) || onType.isPresent(name)) {
                throw new InvalidSettingException(
                        readable + " is retried by @Retryable of retrykit and by " + whose
                                + " too: their attempts would multiply.",
                        "Remove one of the two annotations.");
            }
        });
    }
}
