package dev.retrykit.spring.idempotency.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.idempotency.AtOnce;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Behavior;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Order;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** One step on one handler, with a key and an order of its own. */
final class Cell {

    private final String base;
    private final Neighbor neighbor;
    private final Kind kind;

    /** As long as a key may be. */
    private final String key = UUID.randomUUID() + "k".repeat(219);

    private final String id = UUID.randomUUID().toString();

    Cell(String base, Neighbor neighbor, Kind kind) {
        this.base = base;
        this.neighbor = neighbor;
        this.kind = kind;
    }

    void run(Step step) throws Exception {
        switch (step) {
            case FIRST -> firstRun();
            case REPEAT -> equalRepeat();
            case CALLER -> otherCaller();
            case PAYLOAD -> otherPayload();
            case IN_FLIGHT -> repeatInFlight();
            case FAILURE -> repeatAfterFailure();
            case REFUSAL -> repeatOfRefusal();
            case UNREADABLE -> unreadableBody();
        }
    }

    private Order order(int amount, Behavior does) {
        return new Order(id, amount, does);
    }

    private HttpResponse<byte[]> send(Order order, String caller) {
        return BoundedClient.send(neighbor.request(base, kind, key, order, caller));
    }

    private HttpResponse<byte[]> pay(int amount) {
        return send(order(amount, Behavior.PAY), "alice");
    }

    private String text(HttpResponse<byte[]> response) {
        return neighbor.read().apply(response.body());
    }

    private void firstRun() {
        HttpResponse<byte[]> first = pay(1);
        assertRun(first, id, 1, 1);
        assertThat(Ledger.runs(id)).isEqualTo(1);
    }

    private void equalRepeat() {
        HttpResponse<byte[]> first = pay(1);
        assertRun(first, id, 1, 1);
        assertReplay(first, pay(1));
        assertReplay(first, pay(1));
        assertThat(Ledger.runs(id)).isEqualTo(1);
    }

    private void otherCaller() {
        HttpResponse<byte[]> alices = pay(1);
        String bobs = neighbor.unique() == Neighbor.Uniqueness.NONE
                ? id
                : UUID.randomUUID().toString();
        HttpResponse<byte[]> own = send(new Order(bobs, 1, Behavior.PAY), "bob");
        assertThat(own.statusCode()).as(text(own)).isEqualTo(201);
        assertThat(own.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(text(own)).contains("\"order\":\"" + bobs).contains("\"by\":\"bob\"");
        assertThat(text(alices)).contains("\"by\":\"alice\"");
        assertThat(Ledger.runs(id) + (bobs.equals(id) ? 0 : Ledger.runs(bobs))).isEqualTo(2);
        assertReplay(alices, pay(1));
    }

    private void otherPayload() {
        HttpResponse<byte[]> first = pay(1);
        assertRun(first, id, 1, 1);
        assertProblem(pay(999), 422, "used for a different request");
        assertThat(Ledger.runs(id)).isEqualTo(1);
        assertReplay(first, pay(1));
    }

    private void repeatInFlight() throws Exception {
        Order held = order(1, Behavior.HOLD);
        CompletableFuture<HttpResponse<byte[]>> first = AtOnce.start(() -> send(held, "alice"));
        try {
            assertThat(Ledger.awaitEntered(id)).as("the first run began").isTrue();
            HttpResponse<byte[]> meanwhile = send(held, "alice");
            assertProblem(meanwhile, 409, "is in progress");
            assertThat(meanwhile.headers().firstValue("Retry-After")).isPresent();
            assertProblem(send(order(2, Behavior.HOLD), "alice"), 422, "used for a different request");
        } finally {
            Ledger.release(id);
        }
        assertRun(first.get(), id, 1, 1);
        assertReplay(first.get(), send(held, "alice"));
        assertThat(Ledger.runs(id)).isEqualTo(1);
    }

    private void repeatAfterFailure() {
        Order failing = order(1, Behavior.FAIL_ONCE);
        HttpResponse<byte[]> failed = send(failing, "alice");
        assertThat(failed.statusCode()).as(text(failed)).isBetween(500, 599);
        HttpResponse<byte[]> second = send(failing, "alice");
        assertRun(second, id, 1, 2);
        assertReplay(second, send(failing, "alice"));
        assertThat(Ledger.runs(id)).isEqualTo(2);
    }

    private void repeatOfRefusal() {
        Order refused = order(1, Behavior.REFUSE);
        HttpResponse<byte[]> first = send(refused, "alice");
        assertThat(first.statusCode()).as(text(first)).isEqualTo(404);
        assertReplay(first, send(refused, "alice"));
        assertThat(Ledger.runs(id)).isEqualTo(1);
    }

    private void unreadableBody() {
        assertProblem(pay(1), 400, "");
        assertThat(Ledger.runs(id)).isZero();
    }

    private void assertRun(HttpResponse<byte[]> response, String order, int amount, int run) {
        String text = text(response);
        assertThat(response.statusCode()).as(text).isEqualTo(201);
        assertThat(text)
                .contains("\"order\":\"" + order + "\"")
                .contains("\"amount\":" + amount)
                .contains("\"run\":" + run);
        assertThat(response.headers().firstValue("Idempotent-Replayed")).isEmpty();
    }

    private void assertReplay(HttpResponse<byte[]> first, HttpResponse<byte[]> repeat) {
        assertThat(repeat.statusCode()).as(text(repeat)).isEqualTo(first.statusCode());
        assertThat(text(repeat)).isEqualTo(text(first));
        assertThat(repeat.body()).isEqualTo(first.body());
        assertThat(headers(repeat)).isEqualTo(headers(first));
        assertThat(first.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(repeat.headers().allValues("Idempotent-Replayed")).containsExactly("true");
    }

    private static Map<String, List<String>> headers(HttpResponse<byte[]> response) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(response.headers().map());
        headers.remove("Date");
        headers.remove("Idempotent-Replayed");
        return headers;
    }

    private void assertProblem(HttpResponse<byte[]> response, int status, String detail) {
        String text = text(response);
        assertThat(response.statusCode()).as(text).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(text).contains("\"status\":" + status).contains(detail);
    }
}
