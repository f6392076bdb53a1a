package dev.retrykit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.NamingStrategy;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.dynamic.scaffold.TypeValidation;
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
                        new FailureEntry("java.net.ConnectException", null, "transient", "another rule", 2),
                        new FailureEntry("java.io.IOException", null, "unknown", null, 1),
                        new FailureEntry("java.net.ConnectException", null, "permanent", "a rule", 1),
                        new FailureEntry("java.net.ConnectException", null, "transient", "a rule", 1));
    }

    static class SoldOut extends RuntimeException {
        private static final long serialVersionUID = 1;

        SoldOut(Throwable cause) {
            super(cause);
        }
    }

    @Test
    void whatNothingKnowsIsListedByItselfWithWhatToDo() {
        meet(new IOException("1"), Verdict.unknown());
        meet(new SoldOut(null), Verdict.unknown());
        meet(new SoldOut(null), Verdict.unknown());
        meet(new ConnectException("4"), Verdict.retryable());

        assertThat(counts.report().unknown())
                .containsExactly(
                        new UnknownEntry(
                                SoldOut.class.getName(),
                                null,
                                2,
                                "If a retry can help, declare retrykit.failures.[" + SoldOut.class.getName()
                                        + "]: transient, or let a class of your own implement RetryHint. If it is a"
                                        + " response of a dependency that works, declare it as answered"),
                        new UnknownEntry(
                                "java.io.IOException",
                                null,
                                1,
                                "The class is too general to be declared as a whole. Throw a class that implements"
                                        + " RetryHint instead, or declare the message:"
                                        + " retrykit.failures.java.io.IOException: says(part of the message) ="
                                        + " transient"));
    }

    @Test
    void anUnknownWrapperIsListedWithTheClassToDeclare() {
        meet(new RuntimeException(new SoldOut(null)), Verdict.unknown());
        meet(new RuntimeException(new IllegalStateException("odd")), Verdict.unknown());
        meet(new RuntimeException(new ConnectException()), Verdict.retryable());

        assertThat(counts.report().unknown())
                .extracting(UnknownEntry::failure, UnknownEntry::cause)
                .containsExactly(
                        tuple("java.lang.RuntimeException", SoldOut.class.getName()),
                        tuple("java.lang.RuntimeException", "java.lang.IllegalStateException"));
        assertThat(counts.report().failures())
                .extracting(FailureEntry::cause)
                .containsExactly(SoldOut.class.getName(), "java.lang.IllegalStateException", null);
    }

    public static class Unanswered extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient CountDownLatch answered = new CountDownLatch(1);
        private final transient CountDownLatch asked = new CountDownLatch(1);

        /** Blocks. */
        public int getStatus() throws InterruptedException {
            asked.countDown();
            answered.await();
            return 503;
        }
    }

    @Test
    void anAccessorThatBlocksHoldsUpNoOther() throws Exception {
        Unanswered blocking = new Unanswered();
        Thread blocked = new Thread(() -> meet(blocking, Verdict.unknown()));
        blocked.start();
        assertThat(blocking.asked.await(10, TimeUnit.SECONDS)).isTrue();

        meet(new ConnectException(), Verdict.retryable());
        assertThat(counts.report().unknown())
                .containsExactly(new UnknownEntry(Unanswered.class.getName(), null, 1, null));

        blocking.answered.countDown();
        blocked.join();
        assertThat(counts.report().unknown())
                .singleElement()
                .extracting(UnknownEntry::remedy)
                .isEqualTo("Declare retrykit.failures.[" + Unanswered.class.getName() + "]: status(getStatus)");
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
    void whatIsMetOftenIsListedHoweverLateItComes() {
        for (int rule = 0; rule < 10_000; rule++) {
            meet(new IOException(), Verdict.retryable().by("rule " + rule));
        }
        for (int i = 0; i < 100; i++) {
            meet(new IOException(), Verdict.retryable().by("other rule " + i));
            meet(new ConnectException(), Verdict.retryable().by("late"));
        }

        FailureReport report = counts.report();
        assertThat(report.failures()).hasSize(200).first().satisfies(first -> {
            assertThat(first.rule()).isEqualTo("late");
            assertThat(first.count()).isBetween(90L, 100L);
        });
        long listed = report.failures().stream().mapToLong(FailureEntry::count).sum();
        assertThat(report.others()).isEqualTo(10_200 - listed);
    }

    @Test
    void whatIsMetOftenIsNotReplacedByWhatIsMetOnce() {
        for (int i = 0; i < 50; i++) {
            meet(new ConnectException(), Verdict.retryable().by("early"));
        }
        for (int rule = 0; rule < 10_000; rule++) {
            meet(new IOException(), Verdict.retryable().by("rule " + rule));
        }

        assertThat(counts.report().failures())
                .hasSize(200)
                .first()
                .isEqualTo(new FailureEntry("java.net.ConnectException", null, "transient", "early", 50));
    }

    @Test
    void theNameOfAClassIsCutAndStaysOnItsLine() throws Exception {
        meet(failure("a.B\n\u202ec"), Verdict.unknown());
        meet(failure("b." + "x".repeat(10_000)), Verdict.unknown());

        assertThat(counts.report().failures())
                .extracting(FailureEntry::failure)
                .satisfiesExactly(
                        name -> assertThat(name).isEqualTo("a.B\\n\\u202ec"),
                        name -> assertThat(name).endsWith("x…").hasSizeLessThan(320));
        assertThat(counts.report().unknown())
                .allSatisfy(entry -> assertThat(entry.remedy())
                        .doesNotContain("\n", "\u202e")
                        .hasSizeLessThan(600));
    }

    /** An instance of a new class whose name no compiler would accept. */
    private static Throwable failure(String name) throws Exception {
        return (Throwable) new ByteBuddy()
                .with(new NamingStrategy.AbstractBase() {
                    @Override
                    protected String name(TypeDescription superClass) {
                        return name;
                    }
                })
                .with(TypeValidation.DISABLED)
                .subclass(RuntimeException.class)
                .make()
                .load(FailureCountsTests.class.getClassLoader(), ClassLoadingStrategy.Default.WRAPPER)
                .getLoaded()
                .getConstructor()
                .newInstance();
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
