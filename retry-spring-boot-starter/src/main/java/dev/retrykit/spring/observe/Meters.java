package dev.retrykit.spring.observe;

/** The meters: one name and one description each. */
enum Meters {
    CALLS("retrykit.calls", "Calls of a policy, delays included"),
    STOPS("retrykit.stops", "Why calls of a policy ended"),
    ATTEMPTS("retrykit.attempts", "Attempts of a policy, by their number in the call"),
    DELAY("retrykit.delay", "Delays before retries, by what made them as long as they were"),
    BUDGET_AVAILABLE("retrykit.budget.available", "Retries that a budget could grant now"),
    BUDGET_GRANTED("retrykit.budget.granted", "Retries that a budget granted"),
    BUDGET_DENIED("retrykit.budget.denied", "Retries that a budget denied"),
    FALLBACK("retrykit.fallback", "Fallbacks called"),
    CIRCUIT_STATE(
            "retrykit.circuit.state",
            "1 for the state that a circuit is in, 0 for the others; of one with keys, how many are in that state"),
    CIRCUIT_CALLS("retrykit.circuit.calls", "Calls through a circuit"),
    CIRCUIT_REJECTED("retrykit.circuit.rejected", "Calls that a circuit rejected"),
    CIRCUIT_FALLBACK("retrykit.circuit.fallback", "Fallbacks called for methods that are guarded and not retried"),
    IDEMPOTENCY("retrykit.idempotency", "Requests and calls with idempotency keys, by what became of them");

    final String meterName;
    final String description;

    Meters(String meterName, String description) {
        this.meterName = meterName;
        this.description = description;
    }
}
