package dev.retrykit.spring.actuate;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What {@code GET /actuator/retry} answers. Numbers are numbers; what there is none of is absent.
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
     * @param value the value as a user would write it
     * @param origin where it came from
     */
    public record SettingReport(Object value, String origin) {}

    /**
     * A policy and what became of its calls.
     *
     * @param settings effective settings by key; absent if they weren't asked for
     * @param calls ended calls by outcome
     * @param callMs how long the ended calls took together, delays included, in milliseconds
     * @param attempts attempts of all calls
     * @param delays delays before retries by what made them as long as they were, those that came up
     * @param stops ended calls by reason, those that came up
     * @param fallbacks fallbacks called, by what became of them; absent if none was
     * @param budget the name of its budget
     * @param methods the methods that use it
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
     * @param count how many began
     * @param totalMs how long they were to be together, in milliseconds
     */
    public record DelayReport(long count, long totalMs) {}

    /**
     * A circuit, or all of those of its keys: then the worst state, the nearest probe, and the calls of all.
     *
     * @param state what it does with calls
     * @param failureRate percent of the window's calls that failed; absent without calls
     * @param slowCallRate percent of the window's calls that were slow; absent without calls
     * @param calls results in the window
     * @param failures those that failed
     * @param slowCalls those that were slow
     * @param rejected calls rejected since the start
     * @param nextProbeInMs milliseconds until the next probe; absent if none is planned
     * @param endsInMs milliseconds until the state ends by itself; absent if time alone doesn't end it
     * @param keys how many keys are in each state; absent if no method has a key
     * @param troubled the keys that aren't closed and their states, 20 at the most; absent if no method has a key
     * @param unkeyed the state of the circuit that calls without a key, and keys without room, share; absent if no method
     *     has a key, or all that was used were keys with a circuit of their own
     * @param settings effective settings by key; absent if they weren't asked for
     * @param methods the methods that go through it
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
     * A budget.
     *
     * @param available retries it could grant now; absent if it is unlimited
     * @param reserve tokens left in the reserve; absent if it is unlimited
     * @param successRate percent of the window's attempts that succeeded; absent without attempts
     * @param granted retries granted since the start
     * @param denied retries denied since the start
     * @param settings effective settings by key; absent for one policy's own, whose settings show them
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
     * @param store where it is kept what became of keys
     * @param results requests and calls with keys since the start, by what became of them
     * @param methods methods by name
     */
    public record IdempotencyReport(String store, Map<String, Long> results, Map<String, IdempotentReport> methods)
            implements OperationResponseBody {}

    /**
     * An idempotent method.
     *
     * @param guarantee how often a call that is repeated until it is answered can have an effect, whatever crashes
     * @param executed how often it was carried out since the start
     * @param unfenced how often of these without a transaction that was committed together with its claim
     */
    public record IdempotentReport(String guarantee, long executed, long unfenced) {}
}
