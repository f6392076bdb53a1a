package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.io.Closeable;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Beans that a proxy of their class doesn't suit, or that have no class worth naming. */
@ExtendWith(OutputCaptureExtension.class)
class BeanShapesTests {

    private final ApplicationContextRunner app = Apps.plain();

    interface Finder<T> {

        String find(T sku) throws ConnectException;
    }

    interface AnnotatedFinder {

        @Retryable
        String find(String sku) throws ConnectException;
    }

    private static final class Flaky {

        private int attempts;

        String answer() throws ConnectException {
            if (++attempts < 2) {
                throw new ConnectException("down");
            }
            return "answer " + attempts;
        }
    }

    static class GenericService implements Finder<String> {

        private final Flaky flaky = new Flaky();

        @Override
        @Retryable
        public String find(String sku) throws ConnectException {
            return flaky.answer();
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void anAnnotationOnTheClassHoldsBehindAProxyOfItsInterfaces() {
        app.withBean(GenericService.class)
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .run(context -> {
                    Finder<String> service = context.getBean(Finder.class);

                    assertThat(AopUtils.isJdkDynamicProxy(service)).isTrue();
                    assertThat(service.find("a")).isEqualTo("answer 2");
                });
    }

    @Test
    @SuppressWarnings("unchecked")
    void aMethodOfAGenericInterfaceIsRetriedOnce() {
        app.withBean(GenericService.class).run(context -> {
            Finder<String> service = context.getBean(Finder.class);

            assertThat(service.find("a")).isEqualTo("answer 2");
            assertThat(context.getBean(Retries.class).policies())
                    .singleElement()
                    .extracting(policy -> policy.counters().attempts())
                    .isEqualTo(2L);
        });
    }

    @Test
    void aProxyWithSeveralInterfacesIsRetriedWhereverTheAnnotationStands() {
        Flaky flaky = new Flaky();
        AnnotatedFinder proxy = (AnnotatedFinder) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Closeable.class, AnnotatedFinder.class},
                (self, method, arguments) ->
                        method.getDeclaringClass() == Object.class ? method.invoke(flaky, arguments) : flaky.answer());

        app.withBean(AnnotatedFinder.class, () -> proxy).run(context -> {
            assertThat(context.getBean(AnnotatedFinder.class).find("a")).isEqualTo("answer 2");
            assertThat(context.getBean(Retries.class).policies())
                    .singleElement()
                    .extracting(PolicyEntry::name)
                    .isEqualTo("AnnotatedFinder.find");
        });
    }

    @Test
    void aLambdaHasTheNameOfItsInterface() {
        Flaky flaky = new Flaky();

        app.withBean(AnnotatedFinder.class, () -> sku -> flaky.answer()).run(context -> {
            assertThat(context.getBean(AnnotatedFinder.class).find("a")).isEqualTo("answer 2");
            assertThat(context.getBean(Retries.class).policies())
                    .singleElement()
                    .extracting(PolicyEntry::name)
                    .isEqualTo("AnnotatedFinder.find");
        });
    }

    @Test
    void aClassWithoutASimpleNameHasAPolicyWithOne() {
        app.withBean(AnnotatedFinder.class, () -> new AnnotatedFinder() {
                    @Override
                    public String find(String sku) {
                        return sku;
                    }
                })
                .run(context -> assertThat(context.getBean(Retries.class).policies())
                        .singleElement()
                        .extracting(PolicyEntry::name)
                        .isEqualTo("BeanShapesTests$1.find"));
    }

    static final class FinalService {

        @Retryable
        public String find() {
            return "found";
        }
    }

    record FinalRecord() implements UnaryOperator<String> {

        @Override
        @Retryable
        public String apply(String sku) {
            return sku;
        }
    }

    @Test
    void aClassThatCantBeProxiedIsDescribed() {
        app.withBean(FinalService.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOfSatisfying(InvalidSettingException.class, failure -> {
                            assertThat(failure)
                                    .hasMessage("FinalService has methods with @Retryable or @CircuitGuarded, but "
                                            + FinalService.class.getName() + " cannot be proxied: it is final.");
                            assertThat(failure.action()).startsWith("Remove 'final'");
                        }));
        app.withBean(FinalRecord.class)
                .run(context ->
                        assertThat(context).getFailure().rootCause().isInstanceOf(InvalidSettingException.class));
    }

    static class Unreachable {

        @Retryable
        public final String last() {
            return "last";
        }

        @Retryable
        private String hidden() {
            return "hidden";
        }

        @Retryable
        static String shared() {
            return hiddenOf(new Unreachable());
        }

        private static String hiddenOf(Unreachable service) {
            return service.hidden();
        }

        @Retryable
        public String open() {
            return "open";
        }
    }

    @Test
    void methodsThatNoProxyCanSeeAreWarnedAbout(CapturedOutput output) {
        app.withBean(Unreachable.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output)
                    .contains(
                            "Unreachable.last() is annotated, but final: a proxy of its class cannot retry or guard it.")
                    .contains(
                            "Unreachable.hidden() is annotated, but private: a proxy of its class cannot retry or guard it.")
                    .contains(
                            "Unreachable.shared() is annotated, but static: a proxy of its class cannot retry or guard it.")
                    .doesNotContain("Unreachable.open() is annotated");
        });
    }
}
