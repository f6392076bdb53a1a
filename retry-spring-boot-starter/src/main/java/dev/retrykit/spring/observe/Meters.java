package dev.retrykit.spring.observe;

/** The meters, each with its name and description. */
enum Meters {
    CALLS("retrykit.calls", "Calls of a policy, delays included"),
    STOPS("retrykit.stops", "Calls of a policy, by the reason for which they ended"),
    ATTEMPTS("retrykit.attempts", "Attempts of a policy, by their number within the call"),
    DELAY("retrykit.delay", "Delays before retries, by what determined them"),
    BUDGET_AVAILABLE("retrykit.budget.available", "Retries that a budget can currently grant"),
    BUDGET_GRANTED("retrykit.budget.granted", "Retries that a budget granted"),
    BUDGET_DENIED("retrykit.budget.denied", "Retries that a budget denied"),
    FALLBACK("retrykit.fallback", "Fallbacks called"),
    CIRCUIT_STATE(
            "retrykit.circuit.state",
            "1 for the current state of a circuit, 0 for the others; for a keyed circuit, the number"
                    + " of keys in the state"),
    CIRCUIT_CALLS("retrykit.circuit.calls", "Calls through a circuit"),
    CIRCUIT_REJECTED("retrykit.circuit.rejected", "Calls that a circuit rejected"),
    CIRCUIT_FALLBACK("retrykit.circuit.fallback", "Fallbacks called for methods that are guarded but not retried"),
    IDEMPOTENCY("retrykit.idempotency", "Requests and calls with idempotency keys, by their outcome");

    final String meterName;
    final String description;

    Meters(String meterName, String description) {
        this.meterName = meterName;
        this.description = description;
    }
}
