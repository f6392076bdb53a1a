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
 * A state that somebody sets a circuit to, perhaps for a time.
 *
 * @param time how long it stays there, above zero; null = until somebody changes it
 */
record CircuitSwitch(CircuitState state, @Nullable Duration time) {

    static final String STATE = "state";

    private static final String FOR = "for";

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private static final List<CircuitState> STATES =
            List.of(CircuitState.CLOSED, CircuitState.DISABLED, CircuitState.FORCED_OPEN, CircuitState.HALF_OPEN);

    /**
     * Reads a request's body.
     *
     * @throws InvalidSettingException if it holds another word, another key, or a time that can't be
     */
    static CircuitSwitch of(Map<String, @Nullable Object> body) {
        Set<String> keys = new HashSet<>(body.keySet());
        keys.removeAll(Set.of(STATE, FOR));
        if (!keys.isEmpty()) {
            throw new InvalidSettingException(
                    "Beside 'state' only 'for' may stand.", "Change settings in a request of their own.");
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
                "'state' must be one of CLOSED, DISABLED, FORCED_OPEN, HALF_OPEN.", "Correct the word.");
    }

    private static Duration time(CircuitState state, @Nullable Object given) {
        if (state != CircuitState.FORCED_OPEN && state != CircuitState.DISABLED) {
            throw new InvalidSettingException(
                    "'for' goes with FORCED_OPEN and DISABLED; other states end by themselves.", "Leave it out.");
        }
        try {
            String text = String.valueOf(given);
            Duration time = Durations.parse(text);
            if (!time.isNegative() && !time.isZero() && !text.chars().allMatch(Character::isDigit)) {
                return time;
            }
        } catch (IllegalArgumentException | ArithmeticException unreadable) {
            // said below
        }
        throw new InvalidSettingException(
                "'for' must be " + Durations.RULE + ", with its unit and above zero.", "Correct the value.");
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
