package dev.retrykit.spring.actuate;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The response to {@code GET /actuator/retry/failures}: the failures of attempts since startup.
 *
 * @param failures counts by class, meaning and rule, the most frequent first
 * @param unknown those failures that no rule covers, by class, the most frequent first
 * @param others the number of failed attempts that are not listed because at most 200 entries are; absent if none
 */
public record FailureReport(
        List<FailureEntry> failures,
        List<UnknownEntry> unknown,
        @Nullable Long others) implements OperationResponseBody {

    /**
     * A kind of failure.
     *
     * @param failure the class of the failure
     * @param cause for an unknown wrapper, the class in its cause chain whose meaning should be declared; otherwise absent
     * @param meaning its classification: transient, throttled, answered, permanent, neutral, unknown-effect, nested,
     *     vetoed, interrupted or unknown
     * @param rule the rule that decided the classification, such as a line of the failure book or the key of a setting;
     *     absent if none did
     * @param count the number of failed attempts
     */
    public record FailureEntry(
            String failure,
            @Nullable String cause,
            String meaning,
            @Nullable String rule,
            long count) {}

    /**
     * A failure that no rule covers.
     *
     * @param failure the class of the failure
     * @param cause the class in its cause chain whose meaning should be declared; absent if it is the failure's own
     * @param count the number of failed attempts
     * @param remedy sentences that say how to declare the meaning, without the last period; absent for
     *     the moment in which it is determined
     */
    public record UnknownEntry(
            String failure,
            @Nullable String cause,
            long count,
            @Nullable String remedy) {}
}
