package dev.retrykit;

import dev.retrykit.circuit.CircuitCounters.Result;
import dev.retrykit.circuit.CircuitSnapshot;
import dev.retrykit.circuit.CircuitState;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * An outage of 20 s of a dependency that takes a second to answer, on a clock that stands still. So many callers come each
 * second; each is inside of all layers until its request is answered.
 */
public final class LayeredOutage {

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int DOWN = 2;
    private static final int UP = 22;
    private static final int LAST = 100;

    private final LayerShape.Rig rig;
    private final LayerStyle style;
    private final List<Request> running = new ArrayList<>();
    private final List<Tick> ticks = new ArrayList<>();
    private long requests;

    private LayeredOutage(LayerShape.Rig rig, LayerStyle style) {
        this.rig = rig;
        this.style = style;
    }

    /** What is known at the end of each second, until the circuit has been closed again for a while. */
    public static List<Tick> run(LayerShape shape, int layers, int callers, int probes, LayerStyle style) {
        return new LayeredOutage(LayerShape.rig(shape, layers, probes), style).run(callers);
    }

    /**
     * A moment.
     *
     * @param requests those that have reached the dependency
     * @param attempts those of each layer that has an engine
     * @param results counted by the circuit: successes, failures, and what says nothing
     */
    public record Tick(int number, CircuitSnapshot circuit, long requests, long attempts, List<Long> results) {}

    /** A request that is under way. */
    private record Request(CompletableFuture<String> answer, Runnable answered) {}

    private List<Tick> run(int callers) {
        int closed = 0;
        for (int tick = 0; tick < LAST && closed < 2; tick++) {
            answer(tick >= DOWN && tick < UP);
            for (int i = 0; i < callers; i++) {
                style.begin(this, rig.layers);
            }
            ticks.add(tick(tick));
            closed = tick > UP && rig.circuit().state() == CircuitState.CLOSED ? closed + 1 : 0;
            rig.time.advance(TICK);
        }
        answer(false);
        ticks.add(tick(LAST));
        return ticks;
    }

    /** Whether nobody is let in now. */
    boolean isOpen() {
        return rig.circuit().state() == CircuitState.OPEN;
    }

    /** A request is sent, from within all layers. */
    public CompletableFuture<String> send() {
        return send(() -> {});
    }

    /**
     * A request is sent, from within all layers.
     *
     * @param answered waits until what the answer sets off is done
     */
    CompletableFuture<String> send(Runnable answered) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        running.add(new Request(answer, answered));
        requests++;
        return answer;
    }

    private void answer(boolean down) {
        List<Request> due = List.copyOf(running);
        running.clear();
        for (Request request : due) {
            if (down) {
                request.answer.completeExceptionally(new ConnectException("refused"));
            } else {
                request.answer.complete("stock");
            }
            request.answered.run();
        }
    }

    private Tick tick(int number) {
        List<Long> results = new ArrayList<>();
        for (Result result : Result.values()) {
            results.add(rig.results.calls(result, false));
        }
        return new Tick(number, rig.circuit().snapshot(), requests, rig.attemptsPerLayer(), results);
    }
}
