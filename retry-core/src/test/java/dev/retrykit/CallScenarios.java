package dev.retrykit;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The scenarios, in the order of the contract: what is transient, time, Retry-After, budget, circuit, nesting. */
public final class CallScenarios {

    private CallScenarios() {}

    /**
     * A scenario by name.
     *
     * @param judgesValues whether it makes no sense for a style that returns nothing
     */
    public record Named(String name, Consumer<Scenario> setup, boolean judgesValues) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** All of them. */
    public static List<Named> all() {
        return Stream.of(
                        new ResultScenarios(),
                        new FailureScenarios(),
                        new TimeScenarios(),
                        new LoadScenarios(),
                        new NestedScenarios(),
                        new EndScenarios())
                .flatMap(group -> group.all().stream())
                .toList();
    }
}
