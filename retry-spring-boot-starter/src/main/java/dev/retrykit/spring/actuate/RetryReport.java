package dev.retrykit.spring.actuate;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The response to {@code GET /actuator/retry}. Numbers are JSON numbers; empty values are omitted.
 *
 * @param policies retry policies by name
 * @param circuits circuits by name
 * @param budgets retry budgets by name
 * @param idempotency idempotent methods; absent if there are none
 */
public record RetryReport(
        Map<String, PolicyReport> policies,
        Map<String, CircuitReport> circuits,
        Map<String, BudgetReport> budgets,
        @Nullable IdempotencyReport idempotency)
        implements OperationResponseBody {

    /**
     * An effective setting.
     *
     * @param value the value as a user would configure it
     * @param origin the origin of the value
     */
    public record SettingReport(Object value, String origin) {}

    /**
     * A policy and the outcomes of its calls.
     *
     * @param settings effective settings by key; absent if not requested
     * @param calls ended calls by outcome
     * @param callMs total duration of the ended calls, including delays, in milliseconds
     * @param attempts attempts of all calls
     * @param delays delays before retries by what determined them, if there were any
     * @param stops ended calls by reason, if there were any
     * @param fallbacks called fallbacks by outcome; absent if there were none
     * @param budget the name of the policy's budget
     * @param methods the methods that use the policy
     */
    public record PolicyReport(
            @Nullable Map<String, SettingReport> settings,
            Map<String, Long> calls,
            long callMs,
            long attempts,
            Map<String, DelayReport> delays,
            Map<String, Long> stops,
            @Nullable Map<String, Long> fallbacks,
            String budget,
            List<String> methods)
            implements OperationResponseBody {}

    /**
     * Delays before retries.
     *
     * @param count the number of started delays
     * @param totalMs their total planned duration in milliseconds
     */
    public record DelayReport(long count, long totalMs) {}

    /**
     * A circuit, or the combination of the circuits of all keys: the worst state, the earliest probe, and the calls of
     * all.
     *
     * @param state the state of the circuit
     * @param failureRate percentage of the window's calls that failed; absent without calls
     * @param slowCallRate percentage of the window's calls that were slow; absent without calls
     * @param calls calls in the window
     * @param failures failed calls in the window
     * @param slowCalls slow calls in the window
     * @param rejected calls rejected since startup
     * @param nextProbeInMs milliseconds until the next probe; absent if none is planned
     * @param endsInMs milliseconds until the state ends on its own; absent if it does not end after a time
     * @param keys number of keys by state; absent if no method has a key
     * @param troubled keys whose circuits are not closed, with their states, at most 20; absent if no method has a key
     * @param unkeyed the state of the circuit shared by calls without a key and by keys beyond the limit; absent if no
     *     method has a key, or if only keys with a separate circuit were used
     * @param settings effective settings by key; absent if not requested
     * @param methods the methods that use the circuit
     */
    public record CircuitReport(
            String state,
            @Nullable Double failureRate,
            @Nullable Double slowCallRate,
            long calls,
            long failures,
            long slowCalls,
            long rejected,
            @Nullable Long nextProbeInMs,
            @Nullable Long endsInMs,
            @Nullable Map<String, Integer> keys,
            @Nullable Map<String, String> troubled,
            @Nullable String unkeyed,
            @Nullable Map<String, SettingReport> settings,
            List<String> methods)
            implements OperationResponseBody {}

    /**
     * A retry budget.
     *
     * @param available number of retries that the budget can currently grant; absent if it is unlimited
     * @param reserve remaining tokens of the reserve; absent if it is unlimited
     * @param successRate percentage of the window's attempts that succeeded; absent without attempts
     * @param granted retries granted since startup
     * @param denied retries denied since startup
     * @param settings effective settings by key; absent for the budget of a single policy, whose settings include them
     */
    public record BudgetReport(
            @Nullable Integer available,
            @Nullable Integer reserve,
            @Nullable Double successRate,
            long granted,
            long denied,
            @Nullable Map<String, SettingReport> settings)
            implements OperationResponseBody {}

    /**
     * Idempotent methods.
     *
     * @param store the kind of store for keys
     * @param results requests and calls with keys since startup, by outcome
     * @param methods methods by name
     */
    public record IdempotencyReport(String store, Map<String, Long> results, Map<String, IdempotentReport> methods)
            implements OperationResponseBody {}

    /**
     * An idempotent method.
     *
     * @param guarantee how often a call that is repeated until it gets a response can have an effect, including after
     *     crashes
     * @param executed number of executed calls since startup
     * @param unfenced number of these calls without a transaction that was committed together with its claim
     */
    public record IdempotentReport(String guarantee, long executed, long unfenced) {}
}
