package dev.retrykit.internal.keyed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The idle time is 160, so uses are noted 10 apart, and values evicted 160 to 180 after their last use. */
class KeyedTests {

    private static final long IDLE = 160;
    private static final String SHARED = "shared";

    private final List<String> made = new ArrayList<>();

    @Test
    void eachKeyHasAValueOfItsOwnThatIsMadeAtItsFirstUse() {
        Keyed<String> keyed = keyed(10, 0);
        assertThat(keyed.size()).isZero();
        String a = keyed.get("a", 0);
        String b = keyed.get("b", 1);
        assertThat(keyed.get("a", 2)).isSameAs(a);
        assertThat(keyed.get("b", 3)).isSameAs(b);
        assertThat(made).containsExactly("a", "b");
        assertThat(keyed.size()).isEqualTo(2);
    }

    @Test
    void theEmptyKeyIsAKeyLikeAnyOther() {
        assertThat(keyed(10, 0).get("", 0)).isEqualTo("1st of ");
    }

    @Test
    void handsOverWhatThereIsWithoutTheSharedValue() {
        Keyed<String> keyed = keyed(1, 0);
        keyed.get("a", 0);
        keyed.get("b", 0);
        assertThat(keyed.all(1)).containsExactly(Map.entry("a", "1st of a"));
        assertThat(keyed.shared()).isSameAs(SHARED);
    }

    @Test
    void otherLimitsHoldFromThenOnAndCostNobodyAValueThatIsntIdle() {
        Keyed<String> keyed = keyed(2, 0);
        String a = keyed.get("a", 0);
        keyed.get("b", 0);
        keyed.limit(1, IDLE / 2, 10);
        assertThat(keyed.get("a", 50)).isSameAs(a);
        assertThat(keyed.get("c", 94)).isSameAs(SHARED);
        assertThat(keyed.size()).isEqualTo(2);
        assertThat(keyed.get("c", 105)).as("b was evicted, a is one as before").isSameAs(SHARED);
        assertThat(keyed.size()).isEqualTo(1);
        keyed.limit(2, IDLE, 105);
        assertThat(keyed.get("c", 106)).isEqualTo("1st of c");
    }

    @Test
    void aShorterIdleTimeEvictsNothingThatWasUsedAMomentAgo() {
        Keyed<String> keyed = keyed(1, 0);
        keyed.get("a", 0);
        String noted = keyed.get("a", 9);
        keyed.limit(1, 16, 10);
        assertThat(keyed.get("b", 17))
                .as("8 after the use, which was noted at 0")
                .isSameAs(SHARED);
        assertThat(keyed.get("b", 26)).as("16 after the change").isSameAs(SHARED);
        assertThat(keyed.get("a", 26)).isSameAs(noted);
        assertThat(keyed.get("b", 43)).isEqualTo("1st of b");
    }

    @Test
    void noKeyIsNoKey() {
        assertThatNullPointerException()
                .isThrownBy(() -> keyed(10, 0).get(null, 0))
                .withMessage("key");
    }

    @Test
    void keysThatFindNoRoomShareOneValue() {
        Keyed<String> keyed = keyed(2, 0);
        String a = keyed.get("a", 0);
        String b = keyed.get("b", 0);
        for (int i = 0; i < 1_000; i++) {
            assertThat(keyed.get("hostile " + i, i % 10)).isSameAs(SHARED);
        }
        assertThat(keyed.get("a", 9)).isSameAs(a);
        assertThat(keyed.get("b", 9)).isSameAs(b);
        assertThat(keyed.size()).isEqualTo(2);
        assertThat(made).containsExactly("a", "b");
    }

    @Test
    void aKeyThatFoundNoRoomGetsAValueOfItsOwnOnceThereIsRoom() {
        Keyed<String> keyed = keyed(1, 0);
        keyed.get("a", 0);
        assertThat(keyed.get("b", 169)).isSameAs(SHARED);
        assertThat(keyed.get("b", 180)).isEqualTo("1st of b");
        assertThat(keyed.get("b", 181)).isEqualTo("1st of b");
        assertThat(keyed.get("a", 181)).isSameAs(SHARED);
    }

    @ParameterizedTest(name = "made at 0, last used at {0}: evicted from {1} on")
    @CsvSource({
        "0,    170",
        "1,    170",
        "9,    170",
        "10,   180",
        "19,   189",
        "160,  330",
        "1000, 1170",
    })
    void aValueIsEvictedOnceItWasIdleForTheIdleTimeAndUpToASixteenthMore(long lastUse, long evicted) {
        Keyed<String> kept = keyed(1, 0);
        kept.get("a", 0);
        kept.get("a", lastUse);
        assertThat(kept.get("b", evicted - 1)).isSameAs(SHARED);
        Keyed<String> idle = keyed(1, 0);
        idle.get("a", 0);
        idle.get("a", lastUse);
        assertThat(idle.get("b", evicted)).isEqualTo("1st of b");
    }

    @Test
    void anIdleValueIsEvictedWhenANewKeyComes() {
        Keyed<String> keyed = keyed(10, 0);
        keyed.get("a", 0);
        keyed.get("b", 50);
        keyed.get("c", 170);
        assertThat(keyed.size()).isEqualTo(2);
        assertThat(keyed.get("a", 170)).isEqualTo("2nd of a");
        assertThat(keyed.get("b", 170)).isEqualTo("1st of b");
    }

    @Test
    void asLongAsNoNewKeyComesNothingIsEvicted() {
        Keyed<String> keyed = keyed(10, 0);
        String a = keyed.get("a", 0);
        keyed.get("b", 0);
        assertThat(keyed.get("a", 1_000_000)).isSameAs(a);
        assertThat(keyed.size()).isEqualTo(2);
    }

    @Test
    void whoAsksForAllIsntShownWhatIsIdle() {
        Keyed<String> keyed = keyed(10, 0);
        keyed.get("a", 0);
        keyed.get("b", 50);
        assertThat(keyed.all(169)).containsOnlyKeys("a", "b");
        assertThat(keyed.all(180)).containsOnlyKeys("b");
        assertThat(keyed.size()).isEqualTo(1);
    }

    @Test
    void whoAsksAgainAtOnceIsShownWhatTheLastLookFound() {
        Keyed<String> keyed = keyed(10, 0);
        keyed.get("a", 0);
        keyed.get("b", 1);
        assertThat(keyed.all(170)).containsOnlyKeys("b");
        assertThat(keyed.all(171))
                .as("until a sixteenth of the idle time later")
                .containsOnlyKeys("b");
        assertThat(keyed.all(179)).containsOnlyKeys("b");
        assertThat(keyed.all(180)).isEmpty();
    }

    @Test
    void allIdleValuesAreEvictedAtOnce() {
        Keyed<String> keyed = keyed(100, 0);
        for (int i = 0; i < 100; i++) {
            keyed.get("key " + i, i % 10);
        }
        assertThat(keyed.get("new", 200)).isEqualTo("1st of new");
        assertThat(keyed.size()).isEqualTo(1);
    }

    @Test
    void idleValuesAreLookedForOnceInASixteenthOfTheIdleTime() {
        Keyed<String> keyed = keyed(2, 0);
        keyed.get("a", 0);
        keyed.get("b", 1);
        assertThat(keyed.get("c", 170)).isEqualTo("1st of c");
        assertThat(keyed.get("d", 171)).isSameAs(SHARED);
        assertThat(keyed.get("d", 179)).isSameAs(SHARED);
        assertThat(keyed.get("d", 180)).isEqualTo("1st of d");
    }

    @Test
    void aValueThatCanNotBeMadeTakesNoRoom() {
        Keyed<String> keyed = new Keyed<>(
                key -> {
                    if (key.equals("bad")) {
                        throw new IllegalStateException("no value");
                    }
                    return key;
                },
                SHARED,
                1,
                IDLE,
                0);
        assertThatIllegalStateException().isThrownBy(() -> keyed.get("bad", 0)).withMessage("no value");
        assertThat(keyed.size()).isZero();
        assertThat(keyed.get("good", 0)).isEqualTo("good");
    }

    @Test
    void aReadingThatIsOlderThanAnotherThreadsIsAUseToo() {
        Keyed<String> keyed = keyed(1, 0);
        String a = keyed.get("a", 100);
        assertThat(keyed.get("a", 60)).isSameAs(a);
        assertThat(keyed.get("b", 60)).isSameAs(SHARED);
        assertThat(keyed.get("b", 269)).isSameAs(SHARED);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 100, Long.MIN_VALUE, -50, 12_345})
    void theClockMayStartAnywhereAndPassTheEndOfLong(long origin) {
        Keyed<String> keyed = keyed(1, origin);
        String a = keyed.get("a", origin + 5);
        assertThat(keyed.get("b", origin + 5 + IDLE)).isSameAs(SHARED);
        assertThat(keyed.get("a", origin + 5 + IDLE)).isSameAs(a);
        assertThat(keyed.get("b", origin + 5 + 2 * IDLE + 20)).isEqualTo("1st of b");
    }

    @Test
    void anIdleTimeOfForeverEvictsNothing() {
        Keyed<String> keyed = new Keyed<>(key -> key, SHARED, 1, Long.MAX_VALUE / 2, 0);
        keyed.get("a", 0);
        assertThat(keyed.get("b", Long.MAX_VALUE / 2)).isSameAs(SHARED);
    }

    private Keyed<String> keyed(int maxKeys, long origin) {
        return new Keyed<>(this::make, SHARED, maxKeys, IDLE, origin);
    }

    private String make(String key) {
        made.add(key);
        long times = made.stream().filter(key::equals).count();
        return (times == 1 ? "1st of " : "2nd of ") + key;
    }
}
