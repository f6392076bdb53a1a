package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.event.RetryEvent;
import dev.retrykit.spring.client.FaultServer.Request;
import dev.retrykit.spring.client.RetriedCalls.Client;
import dev.retrykit.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.NestedExceptionUtils;

/**
 * Cells of calls and faults, each with what a server sees: requests, keys, and the least time between two requests. Time is
 * that of an application that skips its delays.
 */
final class ClientTable implements AutoCloseable {

    private static final long SECOND = 1_000_000_000;

    /**
     * All defaults, but for a budget: an application that does nothing but fail has none left. No policy asks for keys, and
     * no guard stands here: nothing but annotations tells that requests are to be watched.
     */
    private static final String YML = """
            retrykit:
              defaults.policy.budget.unlimited: true
              policies:
                plain: { max-attempts: 3 }
                named: { retry-on: ["dev.retrykit.spring.client.RetriedCalls$ApiException"] }
              circuits: { shop: { minimum-calls: 20 } }
            spring.http.clients: { connect-timeout: 2s, read-timeout: 5s }
            """;

    private final FaultServer server = new FaultServer();
    /** Of another name, for an answer that keeps all retries from its host for long. */
    private final FaultServer other = new FaultServer();

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private final List<Long> arrivals = new CopyOnWriteArrayList<>();
    private final Map<String, String> expected = new LinkedHashMap<>();
    private final Map<String, String> seen = new LinkedHashMap<>();
    private final Map<String, String> details = new LinkedHashMap<>();

    /** An application whose calls can be seen. */
    ApplicationContextRunner app() {
        return HttpApps.with(YML, ended)
                .withBean(RetriedCalls.class)
                .withBean(RetriedCalls.Blocking.class)
                .withBean(RetriedCalls.Reactive.class)
                .withBean(RetriedCalls.Staged.class);
    }

    /**
     * Makes the calls of a cell under the policy that the fault is for.
     *
     * @param expectation what a server must see; where two things are as safe, both, with "or" between them
     * @return what it saw
     */
    String cell(ApplicationContext app, Client client, ClientFault fault, String expectation) {
        String policy = switch (fault) {
            case UNKNOWN -> "guarded";
            case POST_KEYED -> "keyed";
            default -> "plain";
        };
        return cell(app, client, fault, policy, expectation);
    }

    /** Makes the calls of a cell under a policy. */
    String cell(ApplicationContext app, Client client, ClientFault fault, String policy, String expectation) {
        String name = String.format(Locale.ROOT, "%-52s %-34s %-8s", client.name(), fault, policy);
        FaultServer asked = fault == ClientFault.TOO_LONG ? other : server;
        String host = fault == ClientFault.TOO_LONG ? "127.0.0.1" : "localhost";
        String url = "http://" + host + ":" + asked.port() + fault.path();
        answer(asked, fault, app.getBean(TimeSource.class));
        ended.clear();
        arrivals.clear();
        int before = asked.requests(fault.path()).size();
        RetriedCalls calls = app.getBean(RetriedCalls.class);
        Throwable failure = null;
        for (int i = 0; i < fault.calls(); i++) {
            failure = catchThrowable(() -> calls.call(client, policy, name, fault.method(), url));
        }
        List<Request> all = asked.requests(fault.path());
        String result = result(fault, new ArrayList<>(all.subList(before, all.size())), failure);
        expected.put(name, expectation);
        seen.put(name, result);
        details.put(name, leastGap() / 1_000_000 + " ms, " + cause(failure));
        return result;
    }

    private void answer(FaultServer asked, ClientFault fault, TimeSource time) {
        asked.on(fault.path(), (request, connection) -> {
            arrivals.add(time.nanoTime());
            if (fault == ClientFault.UNKNOWN) {
                // a circuit concludes nothing from what happens within an instant
                pass(time);
            }
            fault.answer(connection);
        });
    }

    private static void pass(TimeSource time) {
        try {
            time.sleep(SECOND / 10);
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private String result(ClientFault fault, List<Request> requests, Throwable failure) {
        int attempts = ended.stream().mapToInt(RetryEvent.Ended::attempts).sum();
        String reasons = ended.isEmpty()
                ? "no end, " + failure
                : String.join(
                        " and ",
                        ended.stream()
                                .map(end -> end.reason().name())
                                .distinct()
                                .toList());
        String result = requests.size() + "/" + attempts + " " + reasons;
        if (fault.waits() && requests.size() > 1) {
            result += leastGap() >= SECOND ? ", in time" : ", early";
        }
        return fault.method().name().equals("POST") ? result + ", " + keys(requests) : result;
    }

    private static String keys(List<Request> requests) {
        List<String> keys = requests.stream()
                .map(request -> request.headers().get("idempotency-key"))
                .toList();
        List<String> different =
                keys.stream().filter(Objects::nonNull).distinct().toList();
        if (different.isEmpty()) {
            return "no key";
        }
        String lengths = String.join(
                "+", different.stream().map(key -> "" + key.length()).toList());
        String missing = keys.contains(null) ? ", some without" : "";
        return different.size() + (different.size() > 1 ? " keys of " : " key of ") + lengths + missing;
    }

    private long leastGap() {
        return LongStream.range(1, arrivals.size())
                .map(i -> arrivals.get((int) i) - arrivals.get((int) i - 1))
                .min()
                .orElse(0);
    }

    private static String cause(Throwable failure) {
        return failure == null
                ? "no failure"
                : NestedExceptionUtils.getMostSpecificCause(failure)
                        .toString()
                        .lines()
                        .findFirst()
                        .orElse("");
    }

    /** Writes the table for people, and fails with the cells that aren't as they must be. */
    void check(String title) throws IOException {
        StringBuilder text = new StringBuilder(title)
                .append(
                        ": client, fault, policy, requests / attempts, stop reason, keys, least time between requests\n");
        List<String> wrong = new ArrayList<>();
        seen.forEach((name, result) -> {
            boolean right = List.of(expected.get(name).split(" or ")).contains(result);
            String line = name + " " + (right ? result : "WRONG " + result + " MUST BE " + expected.get(name));
            text.append(line).append("  [").append(details.get(name)).append("]\n");
            if (!right) {
                wrong.add(line);
            }
        });
        Path file = Path.of("target", "http", title.replace(' ', '-') + ".txt");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(seen).isNotEmpty();
        assertThat(wrong).as("%s of %s cells", wrong.size(), seen.size()).isEmpty();
    }

    @Override
    public void close() throws IOException {
        server.close();
        other.close();
    }
}
