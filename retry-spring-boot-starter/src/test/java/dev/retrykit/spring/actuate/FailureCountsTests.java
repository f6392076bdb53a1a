package dev.retrykit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.spring.actuate.FailureReport.FailureEntry;
import dev.retrykit.spring.actuate.FailureReport.UnknownEntry;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureCountsTests {

    private final FailureCounts counts = new FailureCounts();

    private void meet(Throwable failure, Verdict verdict) {
        counts.onFailure("inventory", failure, verdict);
    }

    @Test
    void nothingIsThereBeforeTheFirst() {
        assertThat(counts.report()).isEqualTo(new FailureReport(List.of(), List.of(), null));
    }

    @Test
    void whatWasMetMoreOftenComesFirst() {
        meet(new IOException("1"), Verdict.unknown());
        meet(new ConnectException("2"), Verdict.retryable().by("a rule"));
        meet(new ConnectException("3"), Verdict.retryable().by("another rule"));
        meet(new ConnectException("4"), Verdict.retryable().by("another rule"));
        meet(new ConnectException("5"), Verdict.notRetryable().by("a rule"));

        assertThat(counts.report().failures())
                .containsExactly(
                        new FailureEntry("java.net.ConnectException", "transient", "another rule", 2),
                        new FailureEntry("java.io.IOException", "unknown", null, 1),
                        new FailureEntry("java.net.ConnectException", "permanent", "a rule", 1),
                        new FailureEntry("java.net.ConnectException", "transient", "a rule", 1));
    }

    @Test
    void whatNothingKnowsIsListedByItself() {
        meet(new IOException("1"), Verdict.unknown());
        meet(new IllegalStateException("2"), Verdict.unknown());
        meet(new IllegalStateException("3"), Verdict.unknown());
        meet(new ConnectException("4"), Verdict.retryable());

        assertThat(counts.report().unknown())
                .containsExactly(
                        new UnknownEntry("java.lang.IllegalStateException", 2),
                        new UnknownEntry("java.io.IOException", 1));
    }

    @Test
    void theWrappersOfFuturesAreNotCounted() {
        meet(new CompletionException(new ExecutionException(new ConnectException())), Verdict.retryable());
        meet(new IllegalStateException(new ConnectException()), Verdict.retryable());

        assertThat(counts.report().failures())
                .extracting(FailureEntry::failure)
                .containsExactly("java.lang.IllegalStateException", "java.net.ConnectException");
    }

    @ParameterizedTest
    @CsvSource({
        "RETRYABLE,      FAILURE,   transient",
        "RETRYABLE,      NONE,      transient",
        "RETRYABLE,      THROTTLED, throttled",
        "NOT_RETRYABLE,  SUCCESS,   answered",
        "NOT_RETRYABLE,  IGNORED,   answered",
        "NOT_RETRYABLE,  FAILURE,   permanent",
        "NOT_RETRYABLE,  THROTTLED, permanent",
        "NOT_RETRYABLE,  NONE,      neutral",
        "NOT_IDEMPOTENT, FAILURE,   unknown-effect",
        "NESTED,         FAILURE,   nested",
        "VETOED,         SUCCESS,   vetoed",
        "INTERRUPTED,    NONE,      interrupted",
        "UNKNOWN,        NONE,      unknown"
    })
    void aMeaningIsAWordOfTheBook(Kind kind, Signal signal, String meaning) {
        meet(new IOException(), Verdict.of(kind, signal));

        assertThat(counts.report().failures())
                .singleElement()
                .extracting(FailureEntry::meaning)
                .isEqualTo(meaning);
    }

    @Test
    void whatFindsNoRoomIsOneNumber() {
        for (int rule = 0; rule < FailureCounts.MOST + 50; rule++) {
            meet(new IOException(), Verdict.retryable().by("rule " + rule));
        }
        meet(new IOException(), Verdict.retryable().by("rule 7"));

        FailureReport report = counts.report();
        assertThat(report.failures())
                .hasSize(200)
                .first()
                .extracting(FailureEntry::rule)
                .isEqualTo("rule 7");
        assertThat(report.others()).isEqualTo(50);
    }

    @Test
    void aRuleIsCutAndStaysOnItsLine() {
        meet(new IOException(), Verdict.retryable().by("a\n\u202eb" + "x".repeat(10_000)));

        assertThat(counts.report().failures())
                .singleElement()
                .extracting(FailureEntry::rule)
                .asString()
                .startsWith("a\\n\\u202ebxxx")
                .endsWith("x…")
                .hasSizeLessThan(320);
    }

    @Test
    void noneIsLostBetweenThreads() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            threads.add(new Thread(() -> {
                for (int i = 0; i < 10_000; i++) {
                    meet(new IOException(), Verdict.retryable().by("rule " + i % 250));
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        FailureReport report = counts.report();
        long listed = report.failures().stream().mapToLong(FailureEntry::count).sum();
        assertThat(report.failures()).hasSize(200);
        assertThat(report.others()).isNotNull();
        assertThat(listed + report.others()).isEqualTo(80_000);
    }
}
