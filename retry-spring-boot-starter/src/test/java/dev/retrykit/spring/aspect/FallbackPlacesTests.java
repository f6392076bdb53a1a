package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.springframework.aop.AopInvocationException;

/** Where a fallback may stand, and what fits. */
class FallbackPlacesTests {

    private static <T> void with(Class<T> type, Use<T> use) {
        Apps.plain().withBean(type).run(context -> use.of(context.getBean(type)));
    }

    /** What a test does with a service. */
    private interface Use<T> {

        void of(T service) throws Throwable;
    }

    static class Base {

        String inherited() {
            return "inherited";
        }
    }

    interface Contract {

        default String byDefault() {
            return "by default";
        }
    }

    static class Service extends Base implements Contract {

        @Retryable(fallback = "inherited")
        String find() throws IOException {
            throw new ConnectException();
        }

        @Retryable(fallback = "byDefault")
        String other() throws IOException {
            throw new ConnectException();
        }

        @Retryable(fallback = "wider")
        Number wider(Integer number) throws IOException {
            throw new ConnectException();
        }

        private Integer wider(Object number, Throwable failure) {
            return 7;
        }

        @Retryable(fallback = "boxed")
        int primitive(int number) throws IOException {
            throw new ConnectException();
        }

        private Integer boxed(Integer number) {
            return number;
        }
    }

    @Test
    void inASuperclass() {
        with(Service.class, service -> assertThat(service.find()).isEqualTo("inherited"));
    }

    @Test
    void inAnInterface() {
        with(Service.class, service -> assertThat(service.other()).isEqualTo("by default"));
    }

    @Test
    void withWiderParametersAndANarrowerResult() {
        with(Service.class, service -> assertThat(service.wider(3)).isEqualTo(7));
    }

    @Test
    void withBoxedNumbers() {
        with(Service.class, service -> assertThat(service.primitive(3)).isEqualTo(3));
    }

    abstract static class Store<K, V> {

        @Retryable(fallback = "cached")
        V load(K key) throws IOException {
            throw new ConnectException();
        }

        @Retryable(fallback = "same")
        <T extends Comparable<T>> T generic(T value) throws IOException {
            throw new ConnectException();
        }

        private <T> T same(T value) {
            return value;
        }
    }

    static class Prices extends Store<String, Integer> {

        private Integer cached(String key) {
            return key.length();
        }
    }

    @Test
    void withWhatTypeParametersStandFor() {
        with(Prices.class, prices -> {
            assertThat(prices.load("four")).isEqualTo(4);
            assertThat(prices.generic("word")).isEqualTo("word");
        });
    }

    static class Names extends Store<String, Integer> {

        private String cached(String key) {
            return key;
        }
    }

    @Test
    void notWithAnotherTypeThanTheyStandFor() {
        Apps.plain()
                .withBean(Names.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage(
                                "Names.load(Object) names the fallback 'cached', but Names.cached(String) returns String"
                                        + " instead of Integer."));
    }

    static class Texts {

        @Retryable(fallback = "joined")
        String join(String first, String... more) throws IOException {
            throw new ConnectException();
        }

        private String joined(String first, String... more) {
            return first + String.join("", more);
        }

        @Retryable(fallback = "none")
        String nothing(String text) throws IOException {
            throw new ConnectException();
        }

        private String none(String text) {
            return null;
        }

        @Retryable(fallback = "noNumber")
        int number() throws IOException {
            throw new ConnectException();
        }

        private Integer noNumber() {
            return null;
        }

        @Retryable(fallback = "closest")
        String closest(Integer number, String text) throws IOException {
            throw new ConnectException();
        }

        private String closest(Object number, Object text) {
            return "wide";
        }

        private String closest(Integer number, Object text) {
            return "close";
        }

        private String closest(Number number, CharSequence text) {
            return "closer";
        }
    }

    @Test
    void withVarargs() {
        with(Texts.class, texts -> {
            assertThat(texts.join("a", "b", "c")).isEqualTo("abc");
            assertThat(texts.join("a")).isEqualTo("a");
        });
    }

    @Test
    void andAnswerNull() {
        with(Texts.class, texts -> assertThat(texts.nothing("text")).isNull());
    }

    @Test
    void butNotNullForAPrimitive() {
        with(
                Texts.class,
                texts -> assertThatExceptionOfType(AopInvocationException.class)
                        .isThrownBy(texts::number)
                        .withMessageContaining("Null return value from advice does not match primitive return type"));
    }

    @Test
    void theClosestFitAnswers() {
        with(Texts.class, texts -> assertThat(texts.closest(1, "a")).isEqualTo("close"));
    }
}
