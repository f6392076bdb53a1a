package dev.retrykit.spring.idempotency.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FingerprintTests {

    private static String json(String body) {
        return print("application/json", body);
    }

    private static String print(String type, String body) {
        return new Fingerprint("POST", "/payments", null, type)
                .body(body.getBytes(StandardCharsets.UTF_8))
                .hex();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"a\":1,\"b\":2}|{ \"b\" : 2, \"a\" : 1 }",
                "{\"a\":1.0}|{\"a\":1}",
                "{\"a\":100}|{\"a\":1e2}",
                "{\"a\":0}|{\"a\":-0.0}",
                "{\"a\":\"\\u00e4\"}|{\"a\":\"ä\"}",
                "[1,[true,null]]|[1, [true, null]]",
                "{\"a\":1e999999999}|{\"a\":10e999999998}"
            })
    void isTheSameForTheSameContent(String one, String other) {
        assertThat(json(one)).isEqualTo(json(other));
        assertThat(print("application/vnd.acme+json;charset=UTF-8", one))
                .isEqualTo(print("application/vnd.acme+json", other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[1,2]|[2,1]",
                "{\"a\":1}|{\"a\":\"1\"}",
                "{\"a\":null}|{}",
                "{\"a\":[1]}|{\"a\":1}",
                "[\"a\",\"b\"]|[\"ab\"]",
                "[1,12]|[11,2]",
                "{\"a\":1,\"a\":2}|{\"a\":2}",
                "{\"a\":1}|{\"a\":1} x",
                "{\"a\":{}}|{\"a\":[]}",
                "[true]|[\"true\"]",
                "1.0000000000000000001|1"
            })
    void differsForAnotherContent(String one, String other) {
        assertThat(json(one)).isNotEqualTo(json(other));
    }

    @Test
    void takesWhatIsNoJsonByItsBytes() {
        assertThat(json("{")).isEqualTo(json("{")).isNotEqualTo(json("{ "));
        assertThat(json("[".repeat(100_000))).isEqualTo(json("[".repeat(100_000)));
        assertThat(print("text/plain", "{\"a\":1}")).isNotEqualTo(print("text/plain", "{\"a\": 1}"));
        assertThat(print("no type", "a")).isNotEqualTo(print("another", "a"));
    }

    @Test
    void keepsItsPartsApart() {
        assertThat(new Fingerprint("POST", "/a", "b", null).hex())
                .isNotEqualTo(new Fingerprint("POST", "/ab", null, null).hex());
        assertThat(new Fingerprint("POST", "/a", null, "multipart/form-data;boundary=x").hex())
                .isEqualTo(new Fingerprint("POST", "/a", null, "multipart/form-data;boundary=y").hex());
    }
}
