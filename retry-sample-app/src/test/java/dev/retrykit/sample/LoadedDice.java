package dev.retrykit.sample;

import dev.retrykit.sample.fault.Dice;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.springframework.context.annotation.Primary;

/** Rolls what it was loaded with, then 0.5 for ever. */
@Primary
public class LoadedDice implements Dice {

    private final Queue<Double> rolls = new ConcurrentLinkedQueue<>();

    /** Replaces what is left of the load before. */
    public void load(Double... next) {
        rolls.clear();
        rolls.addAll(List.of(next));
    }

    @Override
    public double roll() {
        Double next = rolls.poll();
        return next == null ? 0.5 : next;
    }
}
