package dev.retrykit.spring.settings.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.failure.book.BookLine;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Written;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An application's own lines of the failure book, as they are written. */
class FailureLinesTests {

    private static final String HERE = FailureLinesTests.class.getName();
    private static final String API = "\"[" + HERE + "$ApiException]\"";

    /** As generated clients throw it. */
    public static class ApiException extends RuntimeException {

        private static final long serialVersionUID = 1;

        final int code;

        public ApiException(int code) {
            this.code = code;
        }

        public int getCode() {
            return code;
        }

        public Map<String, List<String>> getResponseHeaders() {
            return Map.of();
        }

        public boolean hasErrorLabel(String label) {
            return label.equals("Retry");
        }
    }

    /** Holds another class. */
    static class Shop {

        static class BusyException extends RuntimeException {

            private static final long serialVersionUID = 1;
        }
    }

    private final List<String> warnings = new ArrayList<>();

    private @Nullable FailureBook read(Written written) {
        return FailureLines.read(written.bind(), null, () -> Instant.EPOCH, List.of(), warnings::add);
    }

    private FailureBook book(String yml) {
        return Objects.requireNonNull(read(Written.yml(yml)));
    }

    private InvalidSettingException refusal(Written written) {
        try {
            read(written);
        } catch (InvalidSettingException refused) {
            return refused;
        }
        throw new AssertionError("was read");
    }

    private String refusal(String yml) {
        return refusal(Written.yml(yml)).getMessage();
    }

    private static String line(String text) {
        return "retrykit.failures:\n  " + API + ": " + text;
    }

    @Nested
    class Refused {

        @Test
        void withKeyValueOriginReasonAndRemedy() {
            InvalidSettingException refused =
                    refusal(Written.yml("retrykit.failures:\n  com.acme.ApiException: transient"));

            assertThat(refused)
                    .hasMessage("'retrykit.failures.com.acme.ApiException' = 'transient' (Byte array resource"
                            + " [application.yml] - 2:26): class 'com.acme.ApiException' does not exist. A key must be"
                            + " the full name of an exception class on the class path, or *. followed by a simple name,"
                            + " for all classes of that name that have the accessors of the line, or a package followed"
                            + " by .*, or * for all classes. Put a name with '$', '_' or '*' in brackets:"
                            + " \"[com.acme.Api$Exception]\", \"[*.ApiException]\".");
            assertThat(refused.action()).isEqualTo("Correct the value.");
        }

        /** Spring Boot drops them from a name that isn't in brackets. */
        @ParameterizedTest
        @ValueSource(strings = {"java.lang.Thread$UncaughtExceptionHandler", "\"*.ApiException\"", "\"java.io.*\""})
        void aNameThatNeedsBrackets(String name) {
            assertThat(refusal("retrykit.failures: { " + name + ": transient }"))
                    .contains("does not exist. A key must be")
                    .contains("Put a name with '$', '_' or '*' in brackets");
        }

        @ParameterizedTest
        @ValueSource(strings = {"java.lang.String", "java.lang.Object", "int", "java.lang.annotation.Retention"})
        void aClassThatIsNoException(String name) {
            assertThat(refusal("retrykit.failures." + name + ": transient"))
                    .startsWith("'retrykit.failures." + name + "' = 'transient' (Byte array resource [application.yml]")
                    .contains(name + " is not an exception class");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '"',
                value = {
                    "staus(getCode)               | 'staus' is neither a meaning | Did you mean 'status'?",
                    "transiant                    | 'transiant' is neither a meaning | Did you mean 'transient'?",
                    "retry-after(getCode, milis)  | 'milis' is not a unit of time | Did you mean 'millis'?",
                    "flag(isOver) = permannent    | 'permannent' is not a meaning | Did you mean 'permanent'?",
                    "code(getCode 7) = transient  | 'code' must have the form code(accessor: |",
                    "code(getCode: 7)             | 'code' needs a meaning after '=' |",
                    "status                       | 'status' takes 1 or 2 arguments in parentheses, not 0 |",
                    "status(getCode, a, b)        | 'status' takes 1 or 2 arguments in parentheses, not 3 |",
                    "status(getCode()             | the parentheses do not match |",
                    "status(getCode))             | the parentheses do not match |",
                    "status(get-code)             | 'get-code' is not an accessor |",
                    "transient(getCode)           | 'transient' takes no arguments |",
                    "status(getCode) = transient  | 'status' has a fixed meaning |",
                    "status(getCode),             | a clause is empty |",
                    "Transient                    | 'Transient' is not a clause: it must be a meaning (transient, | Did you mean 'transient'?",
                    "status getCode               | 'status getCode' is not a clause | Did you mean 'status'?",
                    "transient;                   | 'transient;' is not a clause | Did you mean 'transient'?",
                    "code(getCode: 9-7) = transient | the range '9-7' must begin with its lower number |",
                    "permanent, flag(isOver)      | 'flag' after 'permanent' is never evaluated | move 'permanent' to the end.",
                })
        void aLineThatCannotBeRead(String text, String reason, @Nullable String hint) {
            assertThat(refusal(line("'" + text + "'")))
                    .startsWith("'retrykit.failures.[" + HERE + "$ApiException]' = '" + text + "' (Byte array resource"
                            + " [application.yml] - 2:")
                    .contains(reason)
                    .endsWith(hint == null ? "." : hint);
        }

        @Test
        void aLineWhoseParenthesisIsNotClosed() {
            assertThat(refusal(line("'status(getCode, getResponseHeaders'")))
                    .contains("'status(getCode, getResponseHeaders' has an unclosed parenthesis");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "''", "'  '"})
        void nothing(String text) {
            assertThat(refusal(line(text)))
                    .contains("$ApiException]' = '")
                    .contains("the line is empty. To remove a line of another file, set it to off");
        }

        @ParameterizedTest
        @CsvSource({
            "status(getStatus), getStatus",
            "status(code), code",
            "'status(getCode, getHeaders)', getHeaders",
            "flag(getResponseHeaders.none) = transient, getResponseHeaders.none",
            "flag(getCode.none) = transient, getCode.none",
            "retry-after(getDelay), getDelay",
            "label(hasLabel: Retry) = transient, hasLabel",
        })
        void anAccessorThatDoesNotExist(String text, String accessor) {
            assertThat(refusal(line("'" + text + "'")))
                    .contains(HERE + "$ApiException has no accessor '" + accessor + "'")
                    .contains("An accessor must be a public method without arguments or a public field");
        }

        @Test
        void twoLinesAboutOneClass() {
            assertThat(refusal("retrykit.failures:\n  " + API + ": transient\n  " + HERE + ".ApiException: permanent"))
                    .startsWith("'retrykit.failures." + HERE + ".ApiException' = 'permanent' (Byte array resource"
                            + " [application.yml] - 3:")
                    .contains(
                            "two lines are configured for " + HERE + "$ApiException: the other is 'retrykit.failures.["
                                    + HERE + "$ApiException]' (Byte array resource [application.yml] - 2:")
                    .contains("Remove one of them; to override a line, use the same key");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "'[status(getCode), transient]'   | ApiException takes one line of text",
                    "'{ status: getCode }'            | ApiException takes one line of text",
                    "'{ Busyy: transient }'           | A key must be the full name of an exception class",
                })
        void aListOrASectionInPlaceOfALine(String text, String reason) {
            assertThat(refusal(line(text))).contains(reason);
        }

        @Test
        void aListOfLines() {
            assertThat(refusal("retrykit.failures:\n  - java.io.IOException: transient"))
                    .contains("retrykit.failures takes the names of exception classes as keys, and is not a list");
        }

        @Test
        void aLineThatWasSplitAtAComma() {
            assertThat(refusal("retrykit.failures: { " + API + ": flag(getCode) = throttled, transient }"))
                    .contains("YAML splits a line in braces at its commas: put the whole line in quotes");
        }

        @Test
        void aPlaceholderWithoutAValue() {
            assertThat(refusal(line("'code(getCode: ${api.busy}) = transient'")))
                    .contains("= 'code(getCode: ${api.busy}) = transient'")
                    .contains("the placeholder has no value");
        }

        @Test
        void whatCannotBeSeen() {
            assertThat(refusal(line("\"status(get\\u200bCode)\"")))
                    .contains("has no accessor 'get\\u200bCode'")
                    .doesNotContain("\u200b");
        }

        @Test
        void aLineByShapeThatReadsNothing() {
            assertThat(refusal("retrykit.failures: { \"[*.ApiException]\": transient }"))
                    .startsWith("'retrykit.failures.[*.ApiException]' = 'transient'")
                    .contains("a line for all classes with a simple name must read an accessor");
        }

        @ParameterizedTest
        @ValueSource(strings = {"s3cr3t(", "s3cr3t", "transient, s3cr3t", "status(s3cr3t)", "flag(isX) = s3cr3t", ""})
        void withoutWhatWasFilledInForAPlaceholder(String filledIn) {
            InvalidSettingException refused = refusal(
                    Written.property("api.password", filledIn).andYml("application.yml", line("${api.password}")));

            assertThat(refused.getMessage())
                    .contains("$ApiException]' = '${api.password}' (Byte array resource [application.yml] - 2:")
                    .doesNotContain("s3cr3t");
        }
    }

    @Nested
    class Read {

        private void assertMeans(FailureBook book, int code, Kind kind, Signal signal) {
            Verdict verdict = book.classify(new ApiException(code));
            assertThat(verdict).isNotNull();
            assertThat(verdict.kind()).isEqualTo(kind);
            assertThat(verdict.signal()).isEqualTo(signal);
        }

        @Test
        void nothingWhereNothingIsWritten() {
            assertThat(read(Written.yml("retrykit.policies.inventory:"))).isNull();
            assertThat(read(Written.yml("retrykit.failures:"))).isNull();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "retrykit.failures: { \"[%s$ApiException]\": 'status(getCode, getResponseHeaders)' }",
                    "retrykit.failures: { \"[%s$ApiException]\": status(getCode getResponseHeaders) }",
                    "retrykit.failures: { \"[%s$ApiException]\": status(getCode, getResponseHeaders) }",
                    "retrykit.failures: { \"[%s$ApiException]\": status(getCode, getResponseHeaders), transient, "
                            + "java.io.IOException: transient }",
                    "retrykit.failures:\n  '[%s$ApiException]': status(getCode, getResponseHeaders)",
                    "retrykit.failures:\n  %s.ApiException: status(getCode, getResponseHeaders)",
                    "retrykit.failures:\n  '[dev.retrykit.spring.settings.*]': status(getCode, getResponseHeaders)",
                    "retrykit.failures:\n  '[*]': status(getCode, getResponseHeaders)",
                    "retrykit:\n  failures:\n    '[*.ApiException]': status(getCode, getResponseHeaders)",
                })
        void inEverySpelling(String yml) {
            FailureBook book = book(yml.formatted(HERE));

            assertMeans(book, 503, Kind.RETRYABLE, Signal.FAILURE);
            assertMeans(book, 404, Kind.NOT_RETRYABLE, Signal.SUCCESS);
        }

        /** In a class that is nested twice. */
        @Test
        void withDotsInTheNamesOfNestedClasses() {
            assertThat(book("retrykit.failures:\n  " + HERE + ".Shop.BusyException: transient")
                            .classify(new Shop.BusyException()))
                    .isEqualTo(Verdict.retryable());
        }

        @ParameterizedTest
        @ValueSource(strings = {"off", "'off'", "false", "none"})
        void withoutALineThatIsOff(String off) {
            String first = "retrykit.failures:\n  " + HERE + ".ApiException: ";
            FailureBook book = Objects.requireNonNull(read(Written.yml(first + off)
                    .andYml("base.yml", first + "transient\n  java.io.UncheckedIOException: transient")));

            assertThat(book.lines()).extracting(BookLine::type).containsExactly("java.io.UncheckedIOException");
            assertThat(read(Written.yml(first + off))).isNull();
            assertThat(warnings).isEmpty();
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "java.lang.StackOverflowError    | transient | retries no java.lang.StackOverflowError: an Error is"
                            + " only retried by a policy that names it under retry-on.",
                    "java.lang.InterruptedException  | status(getMessage) | retries no java.lang.InterruptedException: an"
                            + " interruption is never retried.",
                    "'\"[com.acme.nothing.*]\"'      | transient | there is no package 'com.acme.nothing' on the class path.",
                    "java.lang.Error                 | neutral |",
                    "java.lang.Throwable             | transient |",
                    "'\"[java.io.*]\"'               | transient |",
                    "'\"[dev.retrykit.*]\"'          | transient |",
                })
        void withAWarningWhereALineHasNoEffect(String name, String text, @Nullable String warning) {
            assertThat(book("retrykit.failures:\n  " + name + ": " + text)).isNotNull();

            if (warning == null) {
                assertThat(warnings).isEmpty();
            } else {
                assertThat(warnings)
                        .singleElement()
                        .asString()
                        .startsWith("'retrykit.failures.")
                        .contains("(Byte array resource [application.yml] - 2:")
                        .contains(warning);
            }
        }

        @Test
        void withAccessorsThatMayExistBehindADeclaredType() {
            assertThat(book("retrykit.failures.java.io.UncheckedIOException: status(getCause.getStatusCode.value)"))
                    .isNotNull();
            assertThat(book("retrykit.failures.java.lang.RuntimeException: flag(getCause.isRetryable)"))
                    .isNotNull();
        }

        @Test
        void aboutAnInterfaceThatExceptionsImplement() {
            assertThat(book("retrykit.failures.java.io.Serializable: 'code(getMessage: busy) = throttled'")
                            .classify(new IllegalStateException("busy")))
                    .isEqualTo(Verdict.of(Kind.RETRYABLE, Signal.THROTTLED));
        }

        @Test
        void withALabel() {
            assertMeans(
                    book(line("'label(hasErrorLabel: Other|Retry) = transient'")), 0, Kind.RETRYABLE, Signal.FAILURE);
        }

        @Test
        void withPlaceholdersThatAreShownAsTheyAreWritten() {
            FailureBook book = Objects.requireNonNull(read(Written.property("api.busy", "7|11")
                    .andYml("application.yml", line("'code(getCode: ${api.busy}) = throttled'"))));

            assertMeans(book, 11, Kind.RETRYABLE, Signal.THROTTLED);
            String shown = "code(getCode: ${api.busy}) = throttled";
            assertThat(book.lines()).extracting(BookLine::text).containsExactly(shown);
            assertThat(Objects.requireNonNull(book.classify(new ApiException(7)))
                            .rule())
                    .isEqualTo(HERE + "$ApiException: " + shown);
        }
    }

    @Nested
    class FromTheEnvironment {

        private static final String UNSPELLABLE = "com.acme.apiexception";

        @Test
        void aVariableOverrulesALineOfAFile() {
            FailureBook book = Objects.requireNonNull(
                    read(Written.variable("RETRYKIT_FAILURES_JAVA_IO_UNCHECKEDIOEXCEPTION", "throttled")
                            .andYml("application.yml", "retrykit.failures.java.io.UncheckedIOException: permanent")));

            assertThat(book.lines())
                    .extracting(BookLine::toString)
                    .containsExactly("java.io.UncheckedIOException: throttled");
            assertThat(warnings).isEmpty();
        }

        @Test
        void oneThatCannotBeReadStopsTheStartAndIsNamed() {
            assertThat(refusal(Written.variable("RETRYKIT_FAILURES_JAVA_IO_UNCHECKEDIOEXCEPTION", "throtled")
                                    .andYml(
                                            "application.yml",
                                            "retrykit.failures.java.io.UncheckedIOException: permanent"))
                            .getMessage())
                    .contains("'retrykit.failures.java.io.UncheckedIOException' = 'throtled'")
                    .contains("RETRYKIT_FAILURES_JAVA_IO_UNCHECKEDIOEXCEPTION")
                    .contains("Did you mean 'throttled'?");
        }

        /** Kubernetes sets such variables beside a service that is called retrykit-failures. */
        @Test
        void oneThatNamesNoClassIsOnlyAWarning() {
            assertThat(read(Written.variable("RETRYKIT_FAILURES_PORT", "tcp://10.0.0.7:80")))
                    .isNull();
            assertThat(warnings)
                    .singleElement()
                    .asString()
                    .contains("'retrykit.failures.port'", "RETRYKIT_FAILURES_PORT", "is not a known key")
                    .doesNotContain("tcp:");
        }

        @Test
        void aMisspeltClassOfAFileIsNotForgivenForAVariable() {
            assertThat(refusal(Written.variable("RETRYKIT_FAILURES_COM_ACME_APIEXCEPTION", "permanent")
                                    .andYml("application.yml", "retrykit.failures.com.acme.ApiException: transient"))
                            .getMessage())
                    .contains("class 'com.acme.ApiException' does not exist")
                    .doesNotContain(UNSPELLABLE);
        }
    }
}
