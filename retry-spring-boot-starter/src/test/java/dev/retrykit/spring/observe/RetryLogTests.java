package dev.retrykit.spring.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.retrykit.Retry;
import dev.retrykit.RetryContext;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.CircuitListener;
import dev.retrykit.circuit.CircuitSnapshot;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.Verdict;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.time.ManualTime;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.util.AopTestUtils;

@ExtendWith(OutputCaptureExtension.class)
class RetryLogTests {

    private static final String YML = """
            retrykit:
              defaults.policy: { jitter: none, budget: { unlimited: true } }
              policies: { inventory: { max-attempts: 2 } }
              circuits: { inventory: { minimum-calls: 100, open: { jitter: 0 } } }
            """;

    static class Service {

        Exception failure = new ConnectException("down");
        Exception then;
        int failures = Integer.MAX_VALUE;
        Retry inner;
        boolean forbidsRetry;

        @Retryable("inventory")
        @CircuitGuarded("inventory")
        String find() throws Exception {
            if (forbidsRetry) {
                RetryContext.current().orElseThrow().forbidRetry();
            }
            if (inner != null) {
                inner.run(() -> {
                    throw failure;
                });
            }
            if (failures-- > 0) {
                throw failure;
            }
            if (then != null) {
                throw then;
            }
            return "found";
        }
    }

    private Service service;
    private Service target;
    private ManualTime time;
    private Retries retries;

    private void with(String yml, Runnable use) {
        Apps.with(yml).withBean(Service.class).run(context -> {
            service = context.getBean(Service.class);
            target = AopTestUtils.getTargetObject(service);
            time = context.getBean(ManualTime.class);
            retries = context.getBean(Retries.class);
            use.run();
        });
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            try {
                service.find();
            } catch (Exception caller) {
                // what the caller gets is another test's business
            }
        }
    }

    private static List<String> lines(CapturedOutput output, String logger) {
        return output.getOut()
                .lines()
                .filter(line -> line.contains(" dev.retrykit." + logger + " - "))
                .toList();
    }

    private static void level(Level level) {
        ((Logger) LoggerFactory.getLogger("dev.retrykit.retry")).setLevel(level);
    }

    @AfterEach
    void resetLevel() {
        level(null);
    }

    @Test
    void aCallThatGivesUpIsAWarning(CapturedOutput output) {
        with(YML, () -> fail(1));

        assertThat(lines(output, "retry"))
                .containsExactly("WARN dev.retrykit.retry - Policy 'inventory': EXHAUSTED after 2 attempts in 200ms;"
                        + " java.net.ConnectException: down; classified by the JDK's rules: the network or a timeout");
    }

    @Test
    void thoseAfterItAreSummedUpAfterTenSeconds(CapturedOutput output) {
        with(YML, () -> {
            fail(8);
            assertThat(lines(output, "retry")).hasSize(1);
            time.advance(Duration.ofSeconds(10));
            assertThat(lines(output, "retry"))
                    .hasSize(2)
                    .last()
                    .isEqualTo("WARN dev.retrykit.retry - Policy 'inventory': EXHAUSTED 7 more times in the last 10s;"
                            + " last: java.net.ConnectException: down; classified by the JDK's rules: the network or a"
                            + " timeout");
        });
    }

    @Test
    void aSummaryNamesTheRuleOfTheLastFailure(CapturedOutput output) {
        with(YML, () -> {
            fail(2);
            target.failure = new SQLException("serialization", "40001");
            fail(1);
            time.advance(Duration.ofSeconds(10));
        });

        assertThat(lines(output, "retry"))
                .last()
                .isEqualTo(
                        "WARN dev.retrykit.retry - Policy 'inventory': EXHAUSTED 2 more times in the last 10s;"
                                + " last: java.sql.SQLException: serialization; classified by SQL state 40001|40P01: transient");
    }

    @Test
    void whileCallsGoOnFailingThereIsOneSummaryEveryTenSeconds(CapturedOutput output) {
        with(YML, () -> {
            for (int second = 0; second < 30; second++) {
                fail(1);
                time.advance(Duration.ofMillis(800));
            }
            assertThat(lines(output, "retry")).hasSize(3);
            assertThat(lines(output, "retry").get(1)).contains("EXHAUSTED 9 more times in the last 10s");
            assertThat(lines(output, "retry").get(2)).contains("EXHAUSTED 10 more times in the last 10s");
        });
    }

    @Test
    void afterAQuietTimeTheNextIsSaidAtOnce(CapturedOutput output) {
        with(YML, () -> {
            fail(1);
            time.advance(Duration.ofSeconds(10));
            fail(1);
            assertThat(lines(output, "retry"))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line).contains("EXHAUSTED after 2 attempts"));
            assertThat(time.pending()).isZero();
        });
    }

    @Test
    void eachReasonIsSaidByItself(CapturedOutput output) {
        with(YML, () -> {
            fail(1);
            retries.circuit("inventory").forceOpen();
            fail(2);
        });

        assertThat(lines(output, "retry"))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("WARN dev.retrykit.retry - Policy 'inventory': CIRCUIT_OPEN after 0 attempts in 0s");
    }

    @Test
    void aPermanentFailureOfTheFirstAttemptIsNoNews(CapturedOutput output) {
        with(YML, () -> {
            target.failure = new FileNotFoundException("wrong");
            fail(1);
        });

        assertThat(lines(output, "retry")).isEmpty();
    }

    @Test
    void unlessSomebodyDebugs(CapturedOutput output) {
        level(Level.DEBUG);
        with(YML, () -> {
            target.failure = new FileNotFoundException("wrong");
            fail(1);
        });

        assertThat(lines(output, "retry"))
                .containsExactly("DEBUG dev.retrykit.retry - Policy 'inventory': NOT_RETRYABLE after 1 attempt in 0s;"
                        + " java.io.FileNotFoundException: wrong; classified by the JDK's rules: an address or a file");
    }

    @Test
    void aPermanentFailureOfALaterAttemptIsAWarning(CapturedOutput output) {
        with(YML, () -> {
            target.failures = 1;
            target.then = new FileNotFoundException("wrong");
            fail(1);
        });

        assertThat(lines(output, "retry"))
                .containsExactly("WARN dev.retrykit.retry - Policy 'inventory': NOT_RETRYABLE after 2 attempts in"
                        + " 200ms; java.io.FileNotFoundException: wrong; classified by the JDK's rules: an address"
                        + " or a file");
    }

    @Test
    void aFailureThatNothingKnowsIsExplainedOncePerTypeAndPolicy(CapturedOutput output) {
        with(YML, () -> {
            target.failure = new IllegalStateException("wrong");
            fail(3);
            target.failure = new UnsupportedOperationException("wrong");
            fail(2);
        });

        assertThat(lines(output, "retry"))
                .containsExactly(
                        "WARN dev.retrykit.retry - Policy 'inventory': it is unknown whether"
                                + " java.lang.IllegalStateException is transient, so it is not retried. The class is too"
                                + " general to be declared as a whole. Throw a class that implements RetryHint instead, or"
                                + " declare the message: retrykit.failures.java.lang.IllegalStateException: says(part of"
                                + " the message) = transient. For this policy alone, add the class to"
                                + " retrykit.policies.inventory.retry-on. (Logged once.)",
                        "WARN dev.retrykit.retry - Policy 'inventory': it is unknown whether"
                                + " java.lang.UnsupportedOperationException is transient, so it is not retried. The class"
                                + " is too general to be declared as a whole. Throw a class that implements RetryHint"
                                + " instead, or declare the message:"
                                + " retrykit.failures.java.lang.UnsupportedOperationException: says(part of the message)"
                                + " = transient. For this policy alone, add the class to"
                                + " retrykit.policies.inventory.retry-on. (Logged once.)");
    }

    @Test
    void theClassToDeclareIsThatOfTheCauseOfAWrapper(CapturedOutput output) {
        with(YML, () -> {
            target.failure = new CompletionException(new RuntimeException(new OddFailure("odd")));
            fail(2);
        });

        assertThat(lines(output, "retry"))
                .containsExactly("WARN dev.retrykit.retry - Policy 'inventory': it is unknown whether"
                        + " java.lang.RuntimeException (by " + OddFailure.class.getName()
                        + ") is transient, so it is not"
                        + " retried. If a retry can help, declare retrykit.failures.[" + OddFailure.class.getName()
                        + "]: transient, or let a class of your own implement RetryHint. If it is a response of a dependency"
                        + " that works, declare it as answered. For this policy alone, add the class to"
                        + " retrykit.policies.inventory.retry-on. (Logged once.)");
    }

    @Test
    void noMoreThanAHundredUnknownFailuresAreExplained(CapturedOutput output) {
        RetryLog log = new RetryLog(new ManualTime(), Runnable::run, () -> false);
        for (int policy = 0; policy < 150; policy++) {
            log.onEvent(new RetryEvent.Ended(
                    "inventory" + policy,
                    1,
                    Optional.of(new OddFailure("odd")),
                    StopReason.NOT_RETRYABLE,
                    Duration.ZERO,
                    Optional.of(Verdict.unknown()),
                    Optional.empty()));
        }

        assertThat(lines(output, "retry"))
                .hasSize(101)
                .last()
                .isEqualTo(
                        "WARN dev.retrykit.retry - More than 100 failures are unknown, and no further ones are explained"
                                + " here. GET /actuator/retry/failures lists them, if the endpoint is exposed. (Logged once.)");
    }

    static final class Unreadable extends ConnectException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }

    @Test
    void aFailureWhoseMessageCannotBeReadIsLoggedWithoutIt(CapturedOutput output) {
        with(YML, () -> {
            target.failure = new Unreadable();
            fail(1);
        });

        assertThat(lines(output, "retry"))
                .containsExactly("WARN dev.retrykit.retry - Policy 'inventory': EXHAUSTED after 2 attempts in 200ms; "
                        + Unreadable.class.getName()
                        + ": null; classified by the JDK's rules: the network or a timeout");
    }

    @Test
    void aTransientFailureOfAnAttemptThatCannotBeRepeatedIsSaidToBeOne(CapturedOutput output) {
        level(Level.DEBUG);
        with(YML, () -> {
            target.forbidsRetry = true;
            fail(1);
        });

        assertThat(lines(output, "retry"))
                .containsExactly("DEBUG dev.retrykit.retry - Policy 'inventory': NOT_RETRYABLE after 1 attempt in 0s;"
                        + " java.net.ConnectException: down; classified by the JDK's rules: the network or a timeout as"
                        + " transient, but another attempt was not possible");
    }

    @Test
    void whatIsKnownOrWrittenNeedsNoExplanation(CapturedOutput output) {
        with(YML.replace("max-attempts: 2", "known-failures: false"), () -> {
            target.failure = new IllegalStateException("not named");
            fail(1);
        });
        with(YML, () -> {
            target.failure = new IllegalArgumentException("the caller's mistake");
            fail(1);
        });

        assertThat(lines(output, "retry")).isEmpty();
    }

    @Test
    void anUnknownEffectSaysHowToAllowARetry(CapturedOutput output) {
        with(YML, () -> {
            target.failure = new SQLException("lost", "08007");
            fail(1);
        });

        assertThat(lines(output, "retry"))
                .containsExactly("WARN dev.retrykit.retry - Policy 'inventory': NOT_IDEMPOTENT after 1 attempt in 0s;"
                        + " java.sql.SQLException: lost; the attempt may have had its effect. If a second effect"
                        + " does no harm, set"
                        + " retrykit.policies.inventory.idempotent: true; classified by SQL state 08007|40003:"
                        + " unknown-effect");
    }

    @Test
    void eachRetryIsThereForThoseWhoDebug(CapturedOutput output) {
        level(Level.DEBUG);
        with(YML, () -> {
            target.failures = 1;
            fail(1);
        });

        assertThat(lines(output, "retry"))
                .containsExactly(
                        "DEBUG dev.retrykit.retry - Policy 'inventory': attempt 1 failed (java.net.ConnectException:"
                                + " down); next attempt in 200ms by backoff",
                        "DEBUG dev.retrykit.retry - Policy 'inventory': SUCCESS after 2 attempts in 200ms");
    }

    @Test
    void aCallThatRecoversIsNoWarning(CapturedOutput output) {
        with(YML, () -> {
            target.failures = 1;
            fail(1);
        });

        assertThat(lines(output, "retry")).isEmpty();
    }

    @Test
    void noMessageForgesALine(CapturedOutput output) {
        with(YML, () -> {
            target.failure = new ConnectException("down\nERROR forged\r\u001b[31m\u0085x\u2028y");
            fail(1);
        });

        assertThat(lines(output, "retry"))
                .singleElement()
                .asString()
                .contains("down\\nERROR forged\\r\\u001b[31m\\u0085x\\u2028y; classified by");
        assertThat(output.getOut().lines()).noneMatch(line -> line.startsWith("ERROR"));
    }

    @Test
    void aLongMessageIsCut(CapturedOutput output) {
        with(YML, () -> {
            target.failure = new ConnectException("x".repeat(1_000_000));
            fail(1);
        });

        assertThat(lines(output, "retry")).singleElement().asString().hasSizeLessThan(400);
    }

    @Test
    void thereIsNoStackTrace(CapturedOutput output) {
        with(YML, () -> fail(1));

        assertThat(output.getOut()).doesNotContain("\tat ");
    }

    @Test
    void eachTransitionOfACircuitIsALine(CapturedOutput output) {
        String yml = """
                retrykit:
                  policies: { inventory: { max-attempts: 1 } }
                  circuits.inventory: { window: { type: count, size: 10 }, minimum-calls: 2, half-open: { probes: 1 }, open: { jitter: 0 } }
                """;
        with(yml, () -> {
            fail(2);
            time.advance(Duration.ofSeconds(5));
            target.failures = 0;
            fail(1);
        });

        assertThat(lines(output, "circuit"))
                .containsExactly(
                        "INFO dev.retrykit.circuit - Circuit 'inventory': CLOSED -> OPEN; 100.0 % of 2 calls failed,"
                                + " 0.0 % were slow; next probe in 5s",
                        "INFO dev.retrykit.circuit - Circuit 'inventory': OPEN -> HALF_OPEN; probing",
                        "INFO dev.retrykit.circuit - Circuit 'inventory': HALF_OPEN -> CLOSED");
    }

    @Test
    void aTransitionTellsItsKeyAndThatItIsADryRun(CapturedOutput output) {
        CircuitSnapshot snapshot =
                new CircuitSnapshot("search", CircuitState.CLOSED, 0, 0, 0, 0, Optional.empty(), Optional.empty());
        new RetryLog(time, Runnable::run, () -> false)
                .onTransition(new CircuitListener.Transition(
                        "search",
                        Optional.of("eu\nINFO forged"),
                        CircuitState.HALF_OPEN,
                        CircuitState.CLOSED,
                        snapshot,
                        true));

        assertThat(lines(output, "circuit"))
                .containsExactly("INFO dev.retrykit.circuit - Circuit 'search', key 'eu\\nINFO forged':"
                        + " HALF_OPEN -> CLOSED; dry run, all calls are permitted");
    }

    static final class OddFailure extends Exception {
        private static final long serialVersionUID = 1;

        OddFailure(String message) {
            super(message);
        }
    }

    @Test
    void aLineOfTheApplicationIsNamed(CapturedOutput output) {
        String type = OddFailure.class.getName();
        String yml = YML + "  failures: { \"[" + type + "]\": \"says(lost|${filled:hunter2}) = transient\" }\n";
        with(yml, () -> {
            target.failure = new OddFailure("lost");
            fail(1);
        });

        assertThat(lines(output, "retry"))
                .singleElement()
                .asString()
                .endsWith(": lost; classified by " + type + ": says(lost|${filled:hunter2}) = transient");
    }

    @Test
    void aRuleForgesNoLineAndIsCut(CapturedOutput output) {
        RetryEvent.Ended ended = new RetryEvent.Ended(
                "inventory",
                2,
                Optional.of(new ConnectException("down")),
                StopReason.EXHAUSTED,
                Duration.ofSeconds(1),
                Optional.of(Verdict.retryable().by("a\nERROR forged " + "x".repeat(1_000))),
                Optional.empty());
        new RetryLog(new ManualTime(), Runnable::run, () -> false).onEvent(ended);

        assertThat(lines(output, "retry"))
                .singleElement()
                .asString()
                .contains("; classified by a\\nERROR forged xxx")
                .endsWith("x…")
                .hasSizeLessThan(400);
    }

    @Test
    void whatAClassIsCalledInBracketsIsSoInTheRemedy(CapturedOutput output) {
        with(YML, () -> {
            target.failure = new OddFailure("odd");
            fail(1);
        });

        assertThat(lines(output, "retry"))
                .singleElement()
                .asString()
                .contains("declare retrykit.failures.[" + OddFailure.class.getName() + "]: transient, or");
    }

    @Test
    void whatAnInnerPolicyGaveUpOnNeedsNoExplanation(CapturedOutput output) {
        with(
                "retrykit: { policies: { inventory: , inner: { retry-on: [java.lang.IllegalStateException] } },"
                        + " circuits: { inventory: } }",
                () -> {
                    target.failure = new IllegalStateException("inner");
                    target.inner = retries.get("inner");
                    fail(1);
                });

        assertThat(lines(output, "retry"))
                .anyMatch(line -> line.contains("'inner': EXHAUSTED") && line.endsWith("; classified by retry-on"))
                .anyMatch(line -> line.contains("'inventory': NESTED") && !line.contains("classified by"))
                .noneMatch(line -> line.contains("is transient"));
    }

    static class Later {

        @Retryable("inventory")
        CompletableFuture<String> find() {
            return CompletableFuture.failedFuture(new ConnectException("down"));
        }
    }

    @Test
    void whatAClosingApplicationCutsOffIsPrintedAsDocumented(CapturedOutput output) throws IOException {
        Apps.with(YML).withBean(Later.class).run(context -> {
            CompletableFuture<String> call = context.getBean(Later.class).find();
            assertThat(call).isNotDone();
            ((ConfigurableApplicationContext) context.getSourceApplicationContext()).close();
            assertThat(call).isCompletedExceptionally();
        });

        String page = Files.readString(Path.of("..", "docs", "howto", "asynchronous-calls.md"));
        String line = output.getOut()
                .lines()
                .filter(each -> each.contains("CANCELLED"))
                .findFirst()
                .orElseThrow();
        assertThat(page).contains("```text\n" + line.replaceFirst(".*?(?=Policy ')", "") + "\n```\n");
    }
}
