package dev.retrykit.sample.fault;

import dev.retrykit.sample.problem.BadValueException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The faults of a service.
 *
 * @param failureRate share of the requests that fail: 0 to 1
 * @param latencyMs delay of every response in milliseconds: 0 to 10000
 * @param status HTTP status of a failing request: 400 to 599
 */
record Faults(double failureRate, int latencyMs, int status) {

    static final Faults NONE = new Faults(0, 0, 503);

    private static final Rule RATE = new Rule("failureRate", 0, 1, false);
    private static final Rule LATENCY = new Rule("latencyMs", 0, 10_000, true);
    private static final Rule STATUS = new Rule("status", 400, 599, true);
    private static final List<String> FIELDS = List.of(RATE.field, LATENCY.field, STATUS.field);

    /**
     * Parses a request body. A field that is missing or null gets its default, whatever was set before.
     *
     * @throws BadValueException for an unknown field, a wrong type or a value out of range
     */
    static Faults of(Map<String, @Nullable Object> body) {
        body.forEach((field, value) -> {
            if (!FIELDS.contains(field)) {
                throw BadValueException.invalid("field", field, "must be one of " + String.join(", ", FIELDS));
            }
        });
        double latencyMs = LATENCY.read(body, NONE.latencyMs);
        double status = STATUS.read(body, NONE.status);
        return new Faults(RATE.read(body, NONE.failureRate), (int) latencyMs, (int) status);
    }

    private record Rule(String field, int least, int most, boolean whole) {

        double read(Map<String, @Nullable Object> body, double unset) {
            Object value = body.get(field);
            if (value == null) {
                return unset;
            }
            if (value instanceof Number number && allows(number.doubleValue())) {
                return number.doubleValue();
            }
            String kind = whole ? "a whole number" : "a number";
            throw BadValueException.invalid(field, value, "must be " + kind + " from " + least + " to " + most);
        }

        private boolean allows(double number) {
            return number >= least && number <= most && (!whole || number == Math.rint(number));
        }
    }
}
