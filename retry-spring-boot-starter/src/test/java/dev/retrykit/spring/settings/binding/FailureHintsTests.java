package dev.retrykit.spring.settings.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.resource;

import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.settings.PolicySettings;
import dev.retrykit.spring.settings.RetrykitProperties;
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.javapoet.ClassName;

/** A native image keeps what it takes to read failures. */
class FailureHintsTests {

    private static final String NAME = "\"[" + ApiException.class.getName() + "]\"";

    /** As of a library that keeps the answer. */
    public static class ApiException extends RuntimeException {

        private static final long serialVersionUID = 1;

        public final transient Answer answer = new Answer();

        public Answer getAnswer() {
            return answer;
        }

        public Optional<Answer> maybe() {
            return Optional.empty();
        }

        public boolean has(String label) {
            return label.isEmpty();
        }

        public boolean unread() {
            return false;
        }
    }

    /** An answer. */
    public static class Answer {

        public int code() {
            return 503;
        }

        public Fields headers() {
            return new Fields();
        }

        public Field[] fields() {
            return new Field[0];
        }

        public Map<String, List<String>> map() {
            return Map.of();
        }
    }

    /** Headers. */
    public static class Fields {

        public List<String> getAll(String name) {
            return List.of(name);
        }
    }

    /** A header. */
    public static class Field {

        public String getValue() {
            return "";
        }
    }

    @Nested
    class OfTheBook {

        private final RuntimeHints hints = new RuntimeHints();

        OfTheBook() {
            SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
                    .load(RuntimeHintsRegistrar.class)
                    .stream()
                    .filter(FailureBookHints.class::isInstance)
                    .forEach(registrar ->
                            registrar.registerHints(hints, getClass().getClassLoader()));
        }

        @ParameterizedTest
        @ValueSource(strings = {"contents", "jdk.book", "sql.book"})
        void itsChapters(String chapter) {
            assertThat(resource().forResource("dev/retrykit/failure/book/" + chapter))
                    .accepts(hints);
        }

        @Test
        void theClassesThatItNamesAndWhatItReadsOfThem() {
            assertThat(reflection().onType(SQLException.class)).accepts(hints);
            assertThat(reflection().onMethodInvocation(SQLException.class, "getSQLState"))
                    .accepts(hints);
            assertThat(reflection().onMethodInvocation(SQLException.class, "getErrorCode"))
                    .accepts(hints);
            assertThat(reflection().onMethodInvocation(SQLException.class, "setNextException"))
                    .rejects(hints);
        }

        @Test
        void whatSettingsAreBoundTo() {
            assertThat(reflection().onType(RetrykitProperties.class)).accepts(hints);
            assertThat(reflection().onType(PolicySettings.class)).accepts(hints);
        }

        @Test
        void nothingOfClassesThatAreNotThere() {
            RuntimeHints none = new RuntimeHints();
            new FailureBookHints().registerHints(none, new ClassLoader(null) {});

            assertThat(none.reflection().typeHints())
                    .noneMatch(hint -> hint.getType().getName().startsWith("java.sql"));
        }
    }

    private static RuntimeHints hints(String line) {
        RuntimeHints hints = new RuntimeHints();
        FailureBook book = FailureBook.of(Map.of(ApiException.class.getName(), line), () -> Instant.EPOCH);
        FailureHints.register(hints.reflection(), book, ApiException.class);
        return hints;
    }

    @Nested
    class OfALine {

        @Test
        void eachStepOfAPath() {
            RuntimeHints hints = hints("status(getAnswer.code, answer.headers)");

            assertThat(reflection().onMethodInvocation(ApiException.class, "getAnswer"))
                    .accepts(hints);
            assertThat(reflection().onFieldAccess(ApiException.class, "answer")).accepts(hints);
            assertThat(reflection().onMethodInvocation(Answer.class, "code")).accepts(hints);
            assertThat(reflection().onMethodInvocation(Answer.class, "headers")).accepts(hints);
            assertThat(reflection().onMethodInvocation(ApiException.class, "unread"))
                    .rejects(hints);
        }

        @Test
        void theHeadersThatAreAskedByName() {
            RuntimeHints hints = hints("status(getAnswer.code, getAnswer.headers), headers(getAnswer.fields)");

            assertThat(reflection().onMethodInvocation(Fields.class, "getAll")).accepts(hints);
            assertThat(reflection().onMethodInvocation(Field.class, "getValue")).accepts(hints);
        }

        @Test
        void whatTakesALabel() {
            assertThat(reflection().onMethodInvocation(ApiException.class, "has"))
                    .accepts(hints("label(has: Retry) = transient"));
        }

        @Test
        void nothingBehindWhatDeclaredTypesTell() {
            RuntimeHints hints = hints("status(maybe.code), headers(getAnswer.map)");

            assertThat(reflection().onMethodInvocation(ApiException.class, "maybe"))
                    .accepts(hints);
            assertThat(reflection().onType(Map.class)).rejects(hints);
        }
    }

    @Nested
    class OfAnApplication {

        private static RuntimeHints processed(String yml, Map<String, Object> properties) {
            DefaultGenerationContext generation = new DefaultGenerationContext(
                    new ClassNameGenerator(ClassName.get("com.acme", "Shop")), new InMemoryGeneratedFiles());
            GenericApplicationContext context = new GenericApplicationContext();
            context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("given", properties));
            Apps.yml(yml).initialize(context);
            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
            return generation.getRuntimeHints();
        }

        private static RuntimeHints processed(String yml) {
            return processed(yml, Map.of());
        }

        private static void assertAllIsKept(RuntimeHints hints) {
            assertThat(reflection()
                            .onType(ApiException.class)
                            .withMemberCategories(
                                    MemberCategory.INVOKE_PUBLIC_METHODS, MemberCategory.ACCESS_PUBLIC_FIELDS))
                    .accepts(hints);
        }

        @Test
        void itsLines() {
            RuntimeHints hints = processed("retrykit.failures:\n  " + NAME + ": status(getAnswer.code)\n"
                    + "  java.io.InterruptedIOException: code(bytesTransferred:0) = transient");

            assertAllIsKept(hints);
            assertThat(reflection().onMethodInvocation(Answer.class, "code")).accepts(hints);
            assertThat(reflection().onFieldAccess(InterruptedIOException.class, "bytesTransferred"))
                    .accepts(hints);
        }

        @Test
        void itsLinesThatWereSplitAtAComma() {
            RuntimeHints hints =
                    processed("retrykit.failures: { " + NAME + ": status(getAnswer.code, getAnswer.headers) }");

            assertThat(reflection().onMethodInvocation(Answer.class, "code")).accepts(hints);
            assertThat(reflection().onMethodInvocation(Fields.class, "getAll")).accepts(hints);
        }

        @Test
        void itsLinesWithPlaceholders() {
            String yml = "retrykit.failures:\n  " + NAME + ": status(getAnswer.${accessor})";
            RuntimeHints filledIn = processed(yml, Map.of("accessor", "code"));
            RuntimeHints open = processed(yml);

            assertThat(reflection().onMethodInvocation(Answer.class, "code")).accepts(filledIn);
            assertAllIsKept(open);
            assertAllIsKept(processed("retrykit.failures:\n  " + NAME + ": ${line.of.failure}"));
            assertAllIsKept(processed("retrykit.failures:\n  " + NAME + ": \"code(has: ${busy}) = transient\""));
        }

        @Test
        void nothingOfLinesThatStopTheStart() {
            RuntimeHints hints = processed("retrykit.failures: { com.acme.None: transient, \"[*.ApiException]\": x }");

            assertThat(reflection().onType(ApiException.class)).rejects(hints);
        }
    }
}
