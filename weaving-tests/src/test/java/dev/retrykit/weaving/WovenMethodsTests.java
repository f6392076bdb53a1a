package dev.retrykit.weaving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.spring.autoconfigure.RetrykitAutoConfiguration;
import dev.retrykit.spring.registry.Retries;
import java.net.ConnectException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class WovenMethodsTests {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RetrykitAutoConfiguration.class))
            .withPropertyValues(
                    "retrykit.policies.quick.backoff.delay=1ms",
                    "retrykit.policies.quick.budget.unlimited=true",
                    "retrykit.circuits.shards.consecutive-failures=2",
                    "retrykit.aspect.mode=aspectj");

    @BeforeEach
    void noAttempts() {
        Shop.ATTEMPTS.set(0);
    }

    static Stream<Arguments> calls() {
        Shop shop = new Shop("x");
        return Stream.of(
                call("within the object", shop::callsItself, "x"),
                call("of an object made with new", shop::plain, "x"),
                call("private", shop::callsPrivate, "xa1"),
                call("final, with varargs", () -> shop.fixed("y", "z"), "xyz"),
                call("static", Shop::ofTheClass, "static"),
                call("void", () -> nothing(shop), null),
                call("primitive", shop::number, 1),
                call("stage", () -> shop.later().join(), "x"),
                call("Mono", () -> shop.mono().block(), "x"),
                call("meta-annotation", shop::patient, "x"),
                call("annotation on the type", () -> new Shop.Whole().covered(), "covered"),
                call("inherited from an annotated type", () -> new Shop.Part().covered(), "covered"),
                call("of a subclass of an annotated type", () -> new Shop.Part().own(), "own"),
                call("meta-annotation on the type", () -> new Shop.PatientWhole().covered(), "patient"),
                call("through a bridge", () -> bridge(new Shop.TextSale()), "sold tea"),
                call("overriding a retried one", () -> new Shop.TextSale().both("tea"), "Sale tea"));
    }

    private static Arguments call(String name, ThrowingCallable<?, ?> call, Object answer) {
        return Arguments.of(name, call, answer);
    }

    private static Object nothing(Shop shop) throws Exception {
        shop.nothing();
        return null;
    }

    private static String bridge(Shop.Sale<String> sale) throws Exception {
        return sale.sell("tea");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void isRetried(String name, ThrowingCallable<?, ?> call, Object answer) {
        application.run(context -> {
            assertThat(call(call)).isEqualTo(answer);
            assertThat(Shop.ATTEMPTS).hasValue(3);
        });
    }

    private static Object call(ThrowingCallable<?, ?> call) {
        try {
            return call.call();
        } catch (Throwable failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void methodsThatNoAnnotationCoversAreJustCalled() {
        application.run(context ->
                assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Shop.Whole().notPublic()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void withoutAnApplicationIsJustCalled(String name, ThrowingCallable<?, ?> call, Object answer) {
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> call(call));
        assertThat(Shop.ATTEMPTS).hasValue(1);
        application.run(context -> {});
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> call(call));
        assertThat(Shop.ATTEMPTS).hasValue(2);
    }

    @Test
    void aPrivateFallbackAnswers() {
        application.run(context -> {
            assertThat(new Shop("x").failing("word")).isEqualTo("x instead of word: refused");
            assertThat(Shop.ATTEMPTS).hasValue(2);
            assertThat(Shop.failingOfTheClass("word")).isEqualTo("static instead of word");
        });
    }

    @Test
    void aKeyIsTakenFromTheArguments() {
        application.run(context -> {
            Shop shop = new Shop("x");
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> shop.keyed("down"));
            }
            assertThatExceptionOfType(CircuitOpenException.class).isThrownBy(() -> shop.keyed("down"));
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> shop.keyed("up"));
        });
    }

    @Test
    void beansGetNoProxyAndMethodsAreListedAsEver() {
        application.withBean(Shop.class, () -> new Shop("bean")).run(context -> {
            Shop bean = context.getBean(Shop.class);
            assertThat(bean.getClass()).isSameAs(Shop.class);
            assertThat(bean.plain()).isEqualTo("bean");
            assertThat(Shop.ATTEMPTS).hasValue(3);
            assertThat(context.getBean(Retries.class).policies())
                    .anySatisfy(policy -> assertThat(policy.methods())
                            .contains("Shop.plain()", "Shop.hidden(String, int)", "Shop.ofTheClass()"));
        });
    }

    @Test
    void proxiesOfWovenClassesRetryOnce() {
        application
                .withPropertyValues("retrykit.aspect.mode=proxy")
                .withBean(Shop.Whole.class)
                .run(context -> {
                    assertThat(context.getBean(Shop.Whole.class).getClass()).isNotSameAs(Shop.Whole.class);
                    assertThat(context.getBean(Shop.Whole.class).covered()).isEqualTo("covered");
                    assertThat(Shop.ATTEMPTS).hasValue(3);
                });
    }
}
