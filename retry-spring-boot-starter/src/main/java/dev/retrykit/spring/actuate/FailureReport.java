package dev.retrykit.spring.actuate;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What {@code GET /actuator/retry/failures} answers: what attempts of policies failed with since the start.
 *
 * @param failures by class, meaning and rule, the most frequent first
 * @param unknown those of them that nothing knows, by class, the most frequent first
 * @param others how often attempts failed otherwise than is listed, once 200 different failures are; absent if never
 */
public record FailureReport(
        List<FailureEntry> failures,
        List<UnknownEntry> unknown,
        @Nullable Long others) implements OperationResponseBody {

    /**
     * What was met.
     *
     * @param failure the class of the failure
     * @param meaning what it was taken for: transient, throttled, answered, permanent, neutral, unknown-effect, nested, vetoed,
     *     interrupted or unknown
     * @param rule what decided that, such as a line of the failure book or the key of a setting; absent if nothing did
     * @param count how many attempts failed so
     */
    public record FailureEntry(
            String failure, String meaning, @Nullable String rule, long count) {}

    /**
     * What nothing knows.
     *
     * @param failure the class of the failure
     * @param count how many attempts failed so
     */
    public record UnknownEntry(String failure, long count) {}
}
