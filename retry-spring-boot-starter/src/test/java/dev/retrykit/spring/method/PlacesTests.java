package dev.retrykit.spring.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.time.ManualTime;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.util.AopTestUtils;
import reactor.core.publisher.Mono;

/** Wherever the annotation stands, whatever the proxy is, and however the method returns: each call is tried 3 times. */
class PlacesTests {

    /** What all beans can do. */
    interface Finder<T> {

        T plain(String sku) throws ConnectException;

        CompletableFuture<T> stage(String sku);

        Mono<T> publisher(String sku);
    }

    /** Fails twice, then works. */
    static class Dependency {

        int attempts;

        String answer(String sku) throws ConnectException {
            if (++attempts % 3 != 0) {
                throw new ConnectException("down");
            }
            return sku;
        }

        CompletableFuture<String> later(String sku) {
            try {
                return CompletableFuture.completedFuture(answer(sku));
            } catch (ConnectException down) {
                return CompletableFuture.failedFuture(down);
            }
        }
    }

    static class OnMethods extends Dependency implements Finder<String> {

        @Override
        @Retryable
        public String plain(String sku) throws ConnectException {
            return answer(sku);
        }

        @Override
        @Retryable
        public CompletableFuture<String> stage(String sku) {
            return later(sku);
        }

        @Override
        @Retryable
        public Mono<String> publisher(String sku) {
            return Mono.fromFuture(() -> later(sku));
        }
    }

    static class Plain extends Dependency implements Finder<String> {

        @Override
        public String plain(String sku) throws ConnectException {
            return answer(sku);
        }

        @Override
        public CompletableFuture<String> stage(String sku) {
            return later(sku);
        }

        @Override
        public Mono<String> publisher(String sku) {
            return Mono.fromFuture(() -> later(sku));
        }
    }

    @Retryable
    static class OnType extends Plain {}

    @Retryable
    static class Base extends Plain {}

    static class OnSuperclass extends Base {}

    static class OnSuperclassMethods extends OnMethods {

        @Override
        public String plain(String sku) throws ConnectException {
            return answer(sku);
        }
    }

    @Retryable
    interface Annotated extends Finder<String> {}

    static class OnInterface extends Plain implements Annotated {}

    interface AnnotatedMethods extends Finder<String> {

        @Override
        @Retryable
        String plain(String sku) throws ConnectException;

        @Override
        @Retryable
        CompletableFuture<String> stage(String sku);

        @Override
        @Retryable
        Mono<String> publisher(String sku);
    }

    static class OnInterfaceMethods extends Plain implements AnnotatedMethods {}

    interface AnnotatedGeneric<T> extends Finder<T> {

        @Override
        @Retryable
        T plain(String sku) throws ConnectException;

        @Override
        @Retryable
        CompletableFuture<T> stage(String sku);

        @Override
        @Retryable
        Mono<T> publisher(String sku);
    }

    static class OnGenericInterface extends Plain implements AnnotatedGeneric<String> {}

    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @Retryable
    @interface Resilient {

        @AliasFor(annotation = Retryable.class, attribute = "maxAttempts")
        int attempts();
    }

    @Resilient(attempts = 3)
    static class ByMetaAnnotation extends Plain {}

    @Retryable(maxAttempts = 1)
    static class MethodOverType extends Plain {

        @Override
        @Retryable(maxAttempts = 3)
        public String plain(String sku) throws ConnectException {
            return answer(sku);
        }

        @Override
        @Retryable(maxAttempts = 3)
        public CompletableFuture<String> stage(String sku) {
            return later(sku);
        }

        @Override
        @Retryable(maxAttempts = 3)
        public Mono<String> publisher(String sku) {
            return Mono.fromFuture(() -> later(sku));
        }
    }

    enum Style {
        PLAIN {
            @Override
            String call(Finder<String> finder, ManualTime time) throws Exception {
                return finder.plain("apple");
            }
        },
        STAGE {
            @Override
            String call(Finder<String> finder, ManualTime time) {
                return await(finder.stage("apple"), time);
            }
        },
        PUBLISHER {
            @Override
            String call(Finder<String> finder, ManualTime time) {
                return await(finder.publisher("apple").toFuture(), time);
            }
        };

        abstract String call(Finder<String> finder, ManualTime time) throws Exception;

        private static String await(CompletableFuture<String> call, ManualTime time) {
            time.advance(Duration.ofSeconds(1));
            assertThat(call).isDone();
            return call.join();
        }
    }

    static Stream<Arguments> everyPlaceBehindEveryProxyInEveryStyle() {
        return Stream.of(
                        OnMethods.class,
                        OnType.class,
                        OnSuperclass.class,
                        OnSuperclassMethods.class,
                        OnInterface.class,
                        OnInterfaceMethods.class,
                        OnGenericInterface.class,
                        ByMetaAnnotation.class,
                        MethodOverType.class)
                .flatMap(place -> Stream.of(true, false)
                        .flatMap(byClass -> Stream.of(Style.values()).map(style -> arguments(place, byClass, style))));
    }

    @ParameterizedTest(name = "{0}, proxy of the class: {1}, {2}")
    @MethodSource("everyPlaceBehindEveryProxyInEveryStyle")
    void isTriedThreeTimes(Class<? extends Finder<String>> place, boolean byClass, Style style) {
        Apps.with("retrykit.defaults.policy: { jitter: none, backoff: { delay: 0ms } }")
                .withPropertyValues("spring.aop.proxy-target-class=" + byClass)
                .withBean(place)
                .run(context -> {
                    @SuppressWarnings("unchecked")
                    Finder<String> finder = context.getBean(Finder.class);
                    assertThat(AopUtils.isCglibProxy(finder)).isEqualTo(byClass);
                    assertThat(style.call(finder, context.getBean(ManualTime.class)))
                            .isEqualTo("apple");
                    Dependency target = AopTestUtils.getTargetObject(finder);
                    assertThat(target.attempts).isEqualTo(3);
                });
    }
}
