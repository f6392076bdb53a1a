package dev.retrykit.spring.idempotency.endpoint.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.idempotency.IdempotencyDecision;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyHeaderTests {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "k, k",
                "'  k  ', k",
                "'\"k\"', k",
                "'\"a\\\"b\\\\c\"', 'a\"b\\c'",
                "8e03978e-40d5-43e8-bc93-6894a57f9324, 8e03978e-40d5-43e8-bc93-6894a57f9324",
                "'a,b', 'a,b'",
                "schlüssel, schlüssel"
            })
    void isAKey(String line, String key) {
        assertThat(KeyHeader.of(List.of(line))).isEqualTo(new KeyHeader.Key(key));
        assertThat(KeyHeader.of(List.of(line)).decision(true)).isEqualTo(IdempotencyDecision.EXECUTE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "\"\"",
                "\"",
                "\"a",
                "\"a\"b\"",
                "\"a\\\"",
                "\"a\\x\"",
                "\"a\";p=1",
                "a\u0000b",
                "a\tb",
                "a\u007fb",
                "a\u0085b"
            })
    void isNone(String line) {
        assertThat(KeyHeader.of(List.of(line))).isInstanceOf(KeyHeader.Invalid.class);
        assertThat(KeyHeader.of(List.of(line)).decision(false)).isEqualTo(IdempotencyDecision.INVALID);
    }

    @Test
    void hasALargestLengthWithoutItsQuotes() {
        assertThat(KeyHeader.of(List.of("\"" + "k".repeat(255) + "\""))).isInstanceOf(KeyHeader.Key.class);
        assertThat(KeyHeader.of(List.of("k".repeat(256)))).isInstanceOf(KeyHeader.Invalid.class);
    }

    @Test
    void isMissing() {
        assertThat(KeyHeader.of(List.of()).decision(true)).isEqualTo(IdempotencyDecision.MISSING);
        assertThat(KeyHeader.of(List.of()).decision(false)).isEqualTo(IdempotencyDecision.EXECUTE);
        assertThat(KeyHeader.of(List.of("a", "a")).decision(true)).isEqualTo(IdempotencyDecision.INVALID);
    }
}
