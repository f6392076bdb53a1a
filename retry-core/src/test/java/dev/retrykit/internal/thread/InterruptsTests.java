package dev.retrykit.internal.thread;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InterruptsTests {

    private final Interrupts interrupts = new Interrupts();

    @AfterEach
    void clearFlag() {
        Thread.interrupted();
    }

    @Test
    void theFlagIsTakenBackWithTheLastOne() {
        interruptByTimer();
        interruptByTimer();
        interrupts.end();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(interrupts.hasAny()).isTrue();
        interrupts.end();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(interrupts.hasAny()).isFalse();
    }

    @Test
    void aFlagThatOthersHaveSetBeforeStays() {
        Thread.currentThread().interrupt();
        interruptByTimer();
        interrupts.end();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(interrupts.hasAny()).isFalse();
    }

    /** An inner attempt's interrupt comes and goes while an outer one's is about to begin. */
    @Test
    void theFlagOfAnInterruptThatHasEndedMeanwhileIsNobodysElse() {
        Thread interrupted = new Thread() {
            private boolean asked;

            @Override
            public boolean isInterrupted() {
                if (asked) {
                    return Thread.currentThread().isInterrupted();
                }
                asked = true;
                interruptByTimer();
                boolean flag = Thread.currentThread().isInterrupted();
                interrupts.end();
                return flag;
            }
        };
        interrupts.begin(interrupted);
        Thread.currentThread().interrupt();
        interrupts.end();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whatNeverEndedEndsWithTheOutermostAttempt() {
        Thread.currentThread().interrupt();
        interruptByTimer();
        Thread.interrupted();
        interrupts.reset();
        assertThat(interrupts.hasAny()).isFalse();
        interruptByTimer();
        interrupts.end();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    private void interruptByTimer() {
        interrupts.begin(Thread.currentThread());
        Thread.currentThread().interrupt();
    }
}
