package dev.retrykit.spring.actuate;

import dev.retrykit.circuit.CircuitState;
import dev.retrykit.circuit.KeyedCircuits;
import dev.retrykit.spring.settings.Durations;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A state that a caller of the endpoint sets a circuit to, optionally for a limited time.
 *
 * @param time how long the circuit stays in the state, above zero; null for an unlimited time
 */
record CircuitSwitch(CircuitState state, @Nullable Duration time) {

    static final String STATE = "state";

    private static final String FOR = "for";

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private static final List<CircuitState> STATES =
            List.of(CircuitState.CLOSED, CircuitState.DISABLED, CircuitState.FORCED_OPEN, CircuitState.HALF_OPEN);

    /**
     * Parses a request's body.
     *
     * @throws InvalidSettingException if it contains an unknown state, an unknown key, or an invalid time
     */
    static CircuitSwitch of(Map<String, @Nullable Object> body) {
        Set<String> keys = new HashSet<>(body.keySet());
        keys.removeAll(Set.of(STATE, FOR));
        if (!keys.isEmpty()) {
            throw new InvalidSettingException(
                    "Only 'for' is allowed next to 'state'.", "Change settings in a separate request.");
        }
        CircuitState state = state(body.get(STATE));
        return new CircuitSwitch(state, body.containsKey(FOR) ? time(state, body.get(FOR)) : null);
    }

    private static CircuitState state(@Nullable Object word) {
        String wanted =
                word instanceof String text ? text.toUpperCase(Locale.ROOT).replace('-', '_') : "";
        for (CircuitState state : STATES) {
            if (state.name().equals(wanted)) {
                return state;
            }
        }
        throw new InvalidSettingException(
                "'state' must be one of CLOSED, DISABLED, FORCED_OPEN, HALF_OPEN.", "Correct the value.");
    }

    private static Duration time(CircuitState state, @Nullable Object given) {
        if (state != CircuitState.FORCED_OPEN && state != CircuitState.DISABLED) {
            throw new InvalidSettingException(
                    "'for' is allowed only with FORCED_OPEN and DISABLED; other states end on their own.",
                    "Remove 'for'.");
        }
        try {
            String text = String.valueOf(given);
            Duration time = Durations.parse(text);
            if (!time.isNegative() && !time.isZero() && !text.chars().allMatch(Character::isDigit)) {
                return time;
            }
        } catch (IllegalArgumentException | ArithmeticException unreadable) {
            // same message as for other invalid values
        }
        throw new InvalidSettingException(
                "'for' must be " + Durations.RULE + ", with a unit and above zero.", "Correct the value.");
    }

    void set(KeyedCircuits<?> circuits, String by) {
        LOG.info("Circuit " + MessageText.quoted(circuits.name()) + " is set to " + state
                + (time == null ? "" : " for " + Durations.text(time)) + " by " + by);
        switch (state) {
            case FORCED_OPEN -> {
                if (time == null) {
                    circuits.forceOpen();
                } else {
                    circuits.forceOpen(time);
                }
            }
            case DISABLED -> {
                if (time == null) {
                    circuits.disable();
                } else {
                    circuits.disable(time);
                }
            }
            case HALF_OPEN -> circuits.halfOpen();
            default -> circuits.reset();
        }
    }
}
