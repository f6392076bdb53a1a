package dev.retrykit.spring.settings.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Verdict;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.Retries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureRemedyTests {

    public static class Plain extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** As generators make them, under a name that the book does not know. */
    public static class Generated extends Plain {
        private static final long serialVersionUID = 1;

        private final int code;

        Generated(int code) {
            this.code = code;
        }

        public int getCode() {
            return code;
        }

        public Map<String, List<String>> getResponseHeaders() {
            return Map.of();
        }
    }

    public static class WithStatus extends Plain {
        private static final long serialVersionUID = 1;

        public Status getStatus() {
            return new Status(503);
        }
    }

    /**
     * An HTTP status.
     *
     * @param value its code
     */
    public record Status(int value) {}

    /** Whose code is no HTTP status. */
    public static class WithCode extends Plain {
        private static final long serialVersionUID = 1;

        public int getCode() {
            return 503;
        }
    }

    public static class Flagged extends Plain {
        private static final long serialVersionUID = 1;

        public boolean isRetryable() {
            return true;
        }
    }

    public static class Broken extends Plain {
        private static final long serialVersionUID = 1;

        public int getStatus() {
            throw new IllegalStateException("no status");
        }
    }

    static Stream<Arguments> lines() {
        return Stream.of(
                Arguments.of(new Plain(), "transient", Verdict.Kind.RETRYABLE),
                Arguments.of(new Generated(503), "status(getCode, getResponseHeaders)", Verdict.Kind.RETRYABLE),
                Arguments.of(new Generated(404), "status(getCode, getResponseHeaders)", Verdict.Kind.NOT_RETRYABLE),
                Arguments.of(new Generated(0), "transient", Verdict.Kind.RETRYABLE),
                Arguments.of(new WithStatus(), "status(getStatus.value)", Verdict.Kind.RETRYABLE),
                Arguments.of(new WithCode(), "transient", Verdict.Kind.RETRYABLE),
                Arguments.of(new Flagged(), "flag(isRetryable), permanent", Verdict.Kind.RETRYABLE),
                Arguments.of(new Broken(), "transient", Verdict.Kind.RETRYABLE));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void theSuggestedLineDecidesAboutTheFailure(Throwable failure, String line, Verdict.Kind kind) {
        Throwable wrapped = new CompletionException(new RuntimeException(failure));
        FailureRemedy remedy = FailureRemedy.of(wrapped);

        assertThat(remedy).isEqualTo(new FailureRemedy(failure.getClass().getName(), line, false));
        assertThat(remedy.type()).isEqualTo(FailureRemedy.typeFor(wrapped));
        String entry = FailureLines.key(remedy.type()) + ": " + line;
        assertThat(remedy.text()).contains("eclare " + entry);
        Apps.with(entry + "\nretrykit.policies.inventory:\n")
                .run(context -> assertThat(context.getBean(Retries.class)
                                .get("inventory")
                                .policy()
                                .classify(wrapped)
                                .kind())
                        .isEqualTo(kind));
    }

    @Test
    void aGeneralClassIsNotDeclaredAsAWhole() {
        assertThat(FailureRemedy.of(new UndeclaredThrowableException(new UncheckedIOException(new IOException("odd")))))
                .isEqualTo(new FailureRemedy("java.io.IOException", "says(part of the message) = transient", true));
        assertThat(FailureRemedy.of(new NullPointerException()).text())
                .startsWith("The class is too general")
                .contains("retrykit.failures.java.lang.NullPointerException: says(");
    }

    /** As frameworks wrap all failures of their users. */
    public static class Wrapper extends RuntimeException {
        private static final long serialVersionUID = 1;

        Wrapper(Throwable cause) {
            super(cause);
        }
    }

    @Test
    void ofAWrapperTheCauseIsDeclaredUnlessTheWrapperTells() {
        assertThat(FailureRemedy.of(new Wrapper(new IOException(new Plain()))))
                .isEqualTo(new FailureRemedy(Plain.class.getName(), "transient", false));
        assertThat(FailureRemedy.of(new Wrapper(new IOException())))
                .isEqualTo(new FailureRemedy(Wrapper.class.getName(), "transient", false));
        Throwable status = new Generated(503).initCause(new Plain());
        assertThat(FailureRemedy.of(new Wrapper(status)))
                .isEqualTo(new FailureRemedy(Generated.class.getName(), "status(getCode, getResponseHeaders)", false));
    }

    @Test
    void aCircularChainEnds() {
        IllegalStateException one = new IllegalStateException();
        IllegalStateException other = new IllegalStateException(one);
        one.initCause(other);

        assertThat(FailureRemedy.of(one).general()).isTrue();
    }
}
