package dev.retrykit.spring.idempotency.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.idempotency.Servers;
import dev.retrykit.spring.idempotency.Waiting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Real processes that stand still (SIGSTOP) for longer than the lease of a second, and go on. */
@Tag("process")
class PauseTests {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JdbcTemplate JDBC = new JdbcTemplate(Servers.postgres());

    private static final int[] PORTS = {Servers.freePort(), Servers.freePort()};
    private static final Process[] PROCESSES = new Process[2];

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() throws Exception {
        JDBC.execute("delete from retrykit_idempotency"); // of other tests: here all leases are waited for
        JDBC.execute("delete from retrykit_idempotency_lease");
        JDBC.execute("drop table if exists ledger");
        JDBC.execute("create table ledger (id serial primary key, payment varchar(64), process bigint)");
        for (int i = 0; i < 2; i++) {
            PROCESSES[i] = KilledProcesses.process(PORTS[i], true);
        }
        for (int i = 0; i < 2; i++) {
            int process = i;
            Waiting.until(() -> isUp(process));
        }
    }

    @AfterAll
    static void stop() {
        for (Process process : PROCESSES) {
            process.destroyForcibly();
        }
    }

    private static boolean isUp(int process) {
        try {
            return CLIENT.send(request(process, UUID.randomUUID().toString(), 1, 1), BodyHandlers.discarding())
                            .statusCode()
                    == 201;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static HttpRequest request(int process, String key, int before, int within) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORTS[process] + "/payments"))
                .timeout(Duration.ofMinutes(1))
                .header("X-Before", String.valueOf(before))
                .header("X-Within", String.valueOf(within))
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.noBody())
                .build();
    }

    private static void signal(String signal, int process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, String.valueOf(PROCESSES[process].pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private CompletableFuture<HttpResponse<String>> pay(int process, int before, int within) {
        return CLIENT.sendAsync(request(process, key, before, within), BodyHandlers.ofString());
    }

    private static void awaitRow(String sql, Object... arguments) {
        Waiting.until(() -> JDBC.queryForObject(sql, Integer.class, arguments) > 0);
    }

    /** Until no lease of an unfinished claim is left. */
    private static void awaitEndOfLease() {
        awaitRow("""
                select count(*) where not exists (
                  select 1 from retrykit_idempotency c where state in ('CLAIMED', 'COMMITTED')
                  and greatest(lease_until, coalesce((select l.lease_until from retrykit_idempotency_lease l
                    where l.id = c.id and l.owner = c.owner), 0)) > extract(epoch from clock_timestamp()) * 1000)""");
    }

    private HttpResponse<String> payUntilAnswered(int process) {
        HttpResponse<String> response = pay(process, 1, 1).join();
        while (response.statusCode() == 409 && response.body().contains("is in progress")) {
            Waiting.nanos(50_000_000);
            response = pay(process, 1, 1).join();
        }
        return response;
    }

    private int rows() {
        return JDBC.queryForObject("select count(*) from ledger where payment = ?", Integer.class, key);
    }

    @Test
    void rollsBackAHolderWhoseSuccessorCommitted() throws Exception {
        CompletableFuture<HttpResponse<String>> holder = pay(0, 1, 1_000);
        awaitRow("select count(*) from pg_stat_activity where state = 'idle in transaction' and query like '%ledger%'");
        signal("STOP", 0);
        awaitEndOfLease();
        HttpResponse<String> successor = payUntilAnswered(1);
        assertThat(successor.statusCode()).isEqualTo(201);
        assertThat(successor.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(rows()).isOne();
        signal("CONT", 0);
        assertThat(holder.join().statusCode()).isEqualTo(409);
        assertThat(holder.join().body()).contains("A repeat of this request took its place");
        assertThat(rows()).isOne();
        assertThat(JDBC.queryForObject("select process from ledger where payment = ?", Long.class, key))
                .isEqualTo(PROCESSES[1].pid());
        assertThat(pay(0, 1, 1).join().body()).isEqualTo(successor.body());
    }

    @Test
    void letsAHolderCommitThatNobodySucceeded() throws Exception {
        CompletableFuture<HttpResponse<String>> holder = pay(0, 1, 1_000);
        awaitRow("select count(*) from pg_stat_activity where state = 'idle in transaction' and query like '%ledger%'");
        signal("STOP", 0);
        awaitEndOfLease();
        signal("CONT", 0);
        assertThat(holder.join().statusCode()).isEqualTo(201);
        HttpResponse<String> repeat = payUntilAnswered(1);
        assertThat(repeat.statusCode()).isEqualTo(201);
        assertThat(repeat.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(rows()).isOne();
    }

    /** The successor stands still, and the holder, whose claim it took, must not commit before it goes on either. */
    @Test
    void rollsBackAHolderWhoseSuccessorStandsStillItself() throws Exception {
        CompletableFuture<HttpResponse<String>> holder = pay(0, 1, 1_000);
        awaitRow("select count(*) from pg_stat_activity where state = 'idle in transaction' and query like '%ledger%'");
        signal("STOP", 0);
        awaitEndOfLease();
        CompletableFuture<HttpResponse<String>> successor = pay(1, 1_000, 1);
        awaitRow("select count(*) from retrykit_idempotency where state = 'CLAIMED' and lease_until"
                + " > extract(epoch from clock_timestamp()) * 1000");
        signal("STOP", 1);
        signal("CONT", 0);
        assertThat(holder.join().statusCode()).isEqualTo(409);
        assertThat(rows()).isZero();
        signal("CONT", 1);
        assertThat(successor.join().statusCode()).isEqualTo(201);
        assertThat(rows()).isOne();
    }
}
