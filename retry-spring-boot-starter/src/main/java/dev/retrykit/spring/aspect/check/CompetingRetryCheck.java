package dev.retrykit.spring.aspect.check;

import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.reflect.Method;
import java.util.Map;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/** Rejects methods that another library's annotation retries too. Their attempts would multiply: 3 times 3 calls. */
public final class CompetingRetryCheck {

    /** The owner of each annotation, by class name: the classes need not be present. */
    private static final Map<String, String> ANNOTATIONS = Map.of(
            "org.springframework.resilience.annotation.Retryable", "Spring Framework's @Retryable",
            "org.springframework.retry.annotation.Retryable", "spring-retry's @Retryable",
            "io.github.resilience4j.retry.annotation.Retry", "Resilience4j's @Retry");

    private CompetingRetryCheck() {}

    /**
     * Checks that no other library retries a method.
     *
     * @param readable the method, for messages
     * @throws InvalidSettingException if the method or its type has a retry annotation of another library
     */
    public static void check(Method method, Class<?> type, String readable) {
        MergedAnnotations onMethod = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
        MergedAnnotations onType = MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY);
        ANNOTATIONS.forEach((name, whose) -> {
            if (onMethod.isPresent(name) || onType.isPresent(name)) {
                throw new InvalidSettingException(
                        readable + " is retried by @Retryable of retrykit and also by " + whose
                                + ": their attempts would multiply.",
                        "Remove one of the two annotations.");
            }
        });
    }
}
