package dev.retrykit.spring.actuate;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The response to {@code GET /actuator/retry/failures}: the failures of attempts since startup.
 *
 * @param failures counts by class, meaning and rule, the most frequent first
 * @param unknown those failures that no rule covers, by class, the most frequent first
 * @param others the number of failed attempts that are not listed because there are already 200 different entries;
 *     absent if none
 */
public record FailureReport(
        List<FailureEntry> failures,
        List<UnknownEntry> unknown,
        @Nullable Long others) implements OperationResponseBody {

    /**
     * A kind of failure.
     *
     * @param failure the class of the failure
     * @param meaning its classification: transient, throttled, answered, permanent, neutral, unknown-effect, nested,
     *     vetoed, interrupted or unknown
     * @param rule the rule that decided the classification, such as a line of the failure book or the key of a setting;
     *     absent if none did
     * @param count the number of failed attempts
     */
    public record FailureEntry(
            String failure, String meaning, @Nullable String rule, long count) {}

    /**
     * A failure that no rule covers.
     *
     * @param failure the class of the failure
     * @param count the number of failed attempts
     */
    public record UnknownEntry(String failure, long count) {}
}
