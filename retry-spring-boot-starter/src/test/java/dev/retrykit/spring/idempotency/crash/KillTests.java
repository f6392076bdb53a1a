package dev.retrykit.spring.idempotency.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.idempotency.crash.KilledProcesses.Result;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real processes, ended by SIGKILL on a real database. {@code -Dretrykit.kills=500} for a long run. */
@Tag("process")
class KillTests {

    private static final int KILLS = Integer.getInteger("retrykit.kills", 6);

    @Test
    void paysOnceForEachKeyWhateverIsKilled() throws Exception {
        Result result = new KilledProcesses(true, 42).run(KILLS);
        System.out.println("with the fence: " + result);
        assertThat(result.kills()).isGreaterThanOrEqualTo(KILLS);
        assertThat(result.inHandlers()).isPositive();
        assertThat(result.keys()).isPositive();
        assertThat(result.missing()).isZero();
        assertThat(result.doubled()).isZero();
    }

    /** That the run would find a payment that was made twice. */
    @Test
    void paysTwiceWithoutTheFence() throws Exception {
        Result result = new KilledProcesses(false, 43).runUntilDoubled(100);
        System.out.println("without the fence: " + result);
        assertThat(result.missing()).isZero();
        assertThat(result.doubled()).isPositive();
    }
}
