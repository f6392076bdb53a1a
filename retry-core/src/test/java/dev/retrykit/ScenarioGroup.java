package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.CallScenarios.Named;
import dev.retrykit.circuit.CircuitState;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The scenarios of one theme. */
abstract class ScenarioGroup {

    static final String BACKOFF = "100 BACKOFF";

    private final List<Named> all = new ArrayList<>();

    /** Adds the scenarios of the theme. */
    abstract void add();

    final List<Named> all() {
        add();
        return all;
    }

    final void scenario(String name, Consumer<Scenario> setup) {
        all.add(new Named(name, setup, false));
    }

    final void valueScenario(String name, Consumer<Scenario> setup) {
        all.add(new Named(name, setup, true));
    }

    static void open(Scenario s) {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> s.circuit.run(() -> {
                        throw new ConnectException("before");
                    }))
                    .isInstanceOf(ConnectException.class);
        }
        assertThat(s.circuit.state()).isEqualTo(CircuitState.OPEN);
    }
}
