package dev.retrykit.spring.settings.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpellingMatcherTests {

    @ParameterizedTest
    @ValueSource(strings = {"max-attempts", "maxAttempts", "max_attempts", "MAXATTEMPTS", "Max-Attempts"})
    void spellingsOfOneNameAreEqual(String spelling) {
        assertThat(SpellingMatcher.canonical(spelling)).isEqualTo("maxattempts");
    }

    @Test
    void dotsStayDifferent() {
        assertThat(SpellingMatcher.canonical("Stock.find")).isNotEqualTo(SpellingMatcher.canonical("Stockfind"));
    }

    @ParameterizedTest
    @CsvSource({"max-attemps,max-attempts", "tiem,time", "jiter,jitter", "backof,backoff", "maxDelai,max-delay"})
    void aMisspeltNameMeansTheNearest(String written, String meant) {
        List<String> known = List.of("max-attempts", "time", "jitter", "backoff", "max-delay");

        assertThat(SpellingMatcher.suggestion(written, known)).isEqualTo("Did you mean '" + meant + "'?");
    }

    @Test
    void ofTwoEquallyNearTheFirstInTheAlphabetIsMeant() {
        assertThat(SpellingMatcher.nearest("stack", List.of("stuck", "stock"))).contains("stock");
    }

    @Test
    void aNameThatResemblesNothingGetsTheWholeList() {
        assertThat(SpellingMatcher.suggestion("zebra", List.of("time", "name")))
                .isEqualTo("Known names: 'name', 'time'.");
    }

    @ParameterizedTest
    @CsvSource({"db,ui", "x,y", "a,bc"})
    void aShortNameIsNotTakenForAnyOtherShortName(String written, String other) {
        assertThat(SpellingMatcher.nearest(written, List.of(other))).isEmpty();
    }

    @Test
    void withoutCandidatesItSaysSo() {
        assertThat(SpellingMatcher.suggestion("inventory", List.of())).isEqualTo("Known names: none.");
    }

    @Test
    void aLongListIsCut() {
        List<String> known =
                IntStream.range(100, 200).mapToObj(i -> "policy" + i).toList();

        assertThat(SpellingMatcher.suggestion("zebra", known))
                .startsWith("Known names: 'policy100'")
                .contains("'policy119'")
                .doesNotContain("'policy120'")
                .endsWith(" and more.");
    }

    @Test
    void kebabCaseIsWhatUsersWrite() {
        assertThat(SpellingMatcher.kebab("maxDelay")).isEqualTo("max-delay");
        assertThat(SpellingMatcher.kebab("jitter")).isEqualTo("jitter");
    }
}
