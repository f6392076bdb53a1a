package dev.retrykit.spring.idempotency.endpoint.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
                "{\"a\":1e999999999}|{\"a\":10e999999998}",
                "{\"a\":1}|{\"a\":10e-1}",
                "{\"a\":-0.00120e+2}|{\"a\":-12E-2}",
                "{\"a\":0e99999999999999999999}|{\"a\":0}",
                "{\"a\":100e2147483647}|{\"a\":1e2147483649}",
                "{\"a\":1e99999999999}|{\"a\":0.1e100000000000}",
                "[{\"b\":{\"d\":1,\"c\":2},\"a\":[{}]}]|[{\"a\":[{}],\"b\":{\"c\":2,\"d\":1}}]"
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
                "1.0000000000000000001|1",
                "1e99999999999999999999|1e99999999999999999998",
                "1e-99999999999999999999|1e99999999999999999999",
                "-1|1",
                "[0]|[-1e-9]",
                "12|1.2",
                "{\"a\":{\"b\":1,\"b\":1}}|{\"a\":{\"b\":1}}",
                "{\"a\":[1,2]}|{\"a\":[1],\"b\":2}"
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

    @ParameterizedTest
    @ValueSource(strings = {"1e99999999999", "-1e-99999999999999999999999999", "100e2147483647", "1e+2147483648"})
    void readsNumbersOfAnyExponent(String number) {
        assertThat(json("{\"a\":" + number + "}"))
                .isEqualTo(json("{ \"a\" : " + number + " }"))
                .isNotEqualTo(json("{\"a\":1}"));
    }

    @Test
    void readsNumbersOfAnyLength() {
        for (int digits : new int[] {900, 1_000, 1_001, 100_000}) {
            String number = "1".repeat(digits);
            assertThat(json("[" + number + "]"))
                    .isEqualTo(json("[" + number + "]"))
                    .isNotEqualTo(json("[" + number + "2]"));
        }
        assertThat(json("[1." + "0".repeat(900) + "]")).isEqualTo(json("[1]"));
    }

    @Test
    void readsWhatIsNestedAsDeepAsJacksonAllowsAndTakesTheRestByItsBytes() {
        assertThat(json("[".repeat(499) + "1.0" + "]".repeat(499)))
                .isEqualTo(json("[".repeat(499) + "1" + "]".repeat(499)));
        assertThat(json("[".repeat(501) + "1.0" + "]".repeat(501)))
                .isNotEqualTo(json("[".repeat(501) + "1" + "]".repeat(501)));
    }

    @Test
    void keepsItsPartsApart() {
        assertThat(new Fingerprint("POST", "/a", "b", null).hex())
                .isNotEqualTo(new Fingerprint("POST", "/ab", null, null).hex());
        assertThat(new Fingerprint("POST", "/a", null, "multipart/form-data;boundary=x").hex())
                .isEqualTo(new Fingerprint("POST", "/a", null, "multipart/form-data;boundary=y").hex());
    }

    private static String at(String path, String query) {
        return new Fingerprint("POST", path, query, null).hex();
    }

    @ParameterizedTest
    @CsvSource({
        "/~a, /%7Ea",
        "/~a, /%7ea",
        "/caf%C3%A9, /caf%c3%a9",
        "/%41-b_c.9, /A%2Db%5fc%2E%39",
        "/a;jsessionid=A1.b, /a",
        "/a;JSESSIONID=A1;v=1/b, /a;v=1/b",
        "/%, /%",
        "/%zz%4, /%zz%4"
    })
    void isTheSameForEachSpellingOfAUri(String one, String other) {
        assertThat(at(one, null)).isEqualTo(at(other, null));
        assertThat(at("/", NormalUri.path(one))).isEqualTo(at("/", other));
    }

    @ParameterizedTest
    @CsvSource({
        "/a%2Fb, /a/b",
        "/a%2fb, /a/b",
        "/a%3Bb, /a;b",
        "/a%2525, /a%25",
        "/a%20b, /a+b",
        "/a%26b, /a&b",
        "/A, /a",
        "/a;v=1, /a",
        "/a;v=jsessionid=1, /a",
        "/%zZ, /%zz",
        "/a%4, /a%5",
        "/a%, /a"
    })
    void differsWhereAnEscapeHasAMeaning(String one, String other) {
        assertThat(at(one, null)).isNotEqualTo(at(other, null));
        assertThat(at("/", one)).isNotEqualTo(at("/", other));
    }
}
