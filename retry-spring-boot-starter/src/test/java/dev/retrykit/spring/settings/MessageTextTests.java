package dev.retrykit.spring.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.backoff.Jitter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTextTests {

    @ParameterizedTest
    @CsvSource({
        "PT0S,0s",
        "PT0.2S,200ms",
        "PT1.5S,1500ms",
        "PT2S,2s",
        "PT90S,90s",
        "PT2M,2m",
        "PT24H,24h",
        "PT0.000000001S,1ns",
        "PT-5S,-5s"
    })
    void durationsReadAsTheyAreWritten(Duration duration, String text) {
        assertThat(MessageText.of(duration)).isEqualTo(text);
    }

    @Test
    void aDurationTooLongForNanosecondsStillHasAText() {
        Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 1);

        assertThat(MessageText.of(longest)).isEqualTo(longest.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"200ms", "2s", "90s", "5m", "24h"})
    void theTextOfADurationIsReadBackAsTheSame(String text) {
        assertThat(Durations.text(Durations.parse(text))).isEqualTo(text);
    }

    @Test
    void enumsClassesAndListsReadAsTheyAreWritten() {
        assertThat(MessageText.of(Jitter.DECORRELATED)).isEqualTo("decorrelated");
        assertThat(MessageText.of(List.of(IOException.class))).isEqualTo(List.of("java.io.IOException"));
        assertThat(MessageText.of(5)).isEqualTo(5);
    }

    @Test
    void whatOthersWroteStaysOnOneLine() {
        assertThat(MessageText.quoted("a\nb\r\tc")).isEqualTo("'a\\nb\\r\\tc'");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x1b, 0x7f, 0x85, 0x9b, 0x2028, 0x2029, 0x202e, 0x200b})
    void whatNobodyCanSeeIsEscaped(int invisible) {
        assertThat(MessageText.quoted("a" + Character.toString(invisible) + "b"))
                .isEqualTo(String.format("'a\\u%04xb'", invisible));
    }

    @Test
    void whatIsTooLongIsCut() {
        assertThat(MessageText.quoted("x".repeat(1_000_000))).isEqualTo("'" + "x".repeat(200) + "…'");
    }
}
