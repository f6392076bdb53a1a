package dev.retrykit;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitCounters;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.KeyLimits;
import dev.retrykit.circuit.KeyedCircuits;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The ways in which one call passes one circuit more than once. */
public enum LayerShape {

    /** Each layer has an engine of its own; every other one interrupts what takes too long. */
    METHOD_AND_GUARD {
        @Override
        void stack(Rig rig, int layers) {
            for (int i = 0; i < layers; i++) {
                rig.engine(RetryPolicy.builder()
                        .maxAttempts(1)
                        .attemptTimeout(i % 2 == 0 ? null : Duration.ofMinutes(1))
                        .build());
            }
        }
    },

    /** Each layer is the circuit alone. */
    FACADE_AND_CLIENT {
        @Override
        void stack(Rig rig, int layers) {
            for (int i = 0; i < layers; i++) {
                rig.alone();
            }
        }
    },

    /** An engine that retries, around the circuit alone. */
    RETRYING_DECORATOR {
        @Override
        void stack(Rig rig, int layers) {
            rig.engine(RetryPolicy.builder()
                    .maxAttempts(2)
                    .backoff(BackoffPolicy.fixed(Duration.ZERO))
                    .build());
            for (int i = 1; i < layers; i++) {
                rig.alone();
            }
        }
    },

    /** One engine in all layers. */
    RECURSION {
        @Override
        void stack(Rig rig, int layers) {
            rig.engine(RetryPolicy.builder().maxAttempts(1).build());
            for (int i = 1; i < layers; i++) {
                rig.again();
            }
        }
    },

    /** Each layer asks for the engine of the same key. */
    KEYED {
        @Override
        void stack(Rig rig, int layers) {
            for (int i = 0; i < layers; i++) {
                rig.keyed("eu");
            }
        }
    };

    abstract void stack(Rig rig, int layers);

    /** What is passed, outermost layer first. */
    static Rig rig(LayerShape shape, int layers, int probes) {
        Rig rig = new Rig(probes);
        shape.stack(rig, layers);
        return rig;
    }

    /** The layers, and what they share. */
    static final class Rig {

        final ManualTime time = new ManualTime();
        final CircuitCounters results = new CircuitCounters();
        final RetryCounters attempts = new RetryCounters();
        final List<Layer> layers = new ArrayList<>();
        private final KeyedCircuits<Retry> circuits;

        private Rig(int probes) {
            CircuitPolicy policy = CircuitPolicy.builder()
                    .minimumCalls(10)
                    .probes(probes)
                    .openDuration(Duration.ofSeconds(5))
                    .openJitter(0)
                    .build();
            circuits = KeyedCircuits.of(
                    () -> Circuit.builder("inventory")
                            .policy(policy)
                            .timeSource(time)
                            .counters(results),
                    KeyLimits.defaults(policy),
                    circuit -> engine(RetryPolicy.builder().maxAttempts(1).build(), circuit));
        }

        /** That of the key, where there is one. */
        Circuit circuit() {
            return circuits.all()
                    .getOrDefault("eu", circuits.shared())
                    .circuit()
                    .orElse(null);
        }

        /** How many attempts each layer that has an engine has made; 0 if none has one. */
        long attemptsPerLayer() {
            long engines =
                    layers.stream().filter(layer -> layer.retry() != null).count();
            return engines == 0 ? 0 : attempts.attempts() / engines;
        }

        private void engine(RetryPolicy policy) {
            Retry engine = engine(policy, circuits.shared().circuit().orElse(null));
            layers.add(Layer.of(() -> engine));
        }

        private Retry engine(RetryPolicy policy, Circuit circuit) {
            return Retry.builder("layer")
                    .policy(policy)
                    .circuit(circuit)
                    .budget(RetryBudget.of("layer", BudgetPolicy.unlimited(), time))
                    .timeSource(time)
                    .executor(Runnable::run)
                    .counters(attempts)
                    .build();
        }

        private void again() {
            layers.add(layers.get(0));
        }

        private void alone() {
            layers.add(Layer.of(circuits.shared().circuit().orElse(null)));
        }

        private void keyed(String key) {
            layers.add(Layer.of(() -> circuits.get(key)));
        }
    }
}
