package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.expression.RetryAnnotations;
import dev.retrykit.time.ManualTime;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.ProxyFactoryBean;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.aop.scope.ScopedProxyFactoryBean;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.util.AopTestUtils;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Mono;

/** Wherever the annotation stands, whatever the proxy is, and however the method returns: each call is tried 3 times. */
@Tag("startup")
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
        boolean down;

        String answer(String sku) throws ConnectException {
            if (++attempts % 3 != 0 || down) {
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
    interface RetryAnnotations extends Finder<String> {}

    static class OnInterface extends Plain implements RetryAnnotations {}

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

    private static final List<Class<? extends Finder<String>>> PLACES = List.of(
            OnMethods.class,
            OnType.class,
            OnSuperclass.class,
            OnSuperclassMethods.class,
            OnInterface.class,
            OnInterfaceMethods.class,
            OnGenericInterface.class,
            ByMetaAnnotation.class,
            MethodOverType.class);

    /** All places in one application, each in every style. */
    @ParameterizedTest(name = "proxies of classes: {0}")
    @ValueSource(booleans = {true, false})
    void isTriedThreeTimes(boolean byClass) {
        Apps.with("retrykit.defaults.policy: { jitter: none, backoff: { delay: 0ms } }")
                .withPropertyValues("spring.aop.proxy-target-class=" + byClass)
                .withInitializer(context -> PLACES.forEach(
                        place -> ((GenericApplicationContext) context).registerBean(place.getSimpleName(), place)))
                .run(context -> inEveryStyle((place, style) -> {
                    Finder<String> finder = finder(context, place.getSimpleName());
                    assertThat(AopUtils.isCglibProxy(finder)).isEqualTo(byClass);
                    Dependency target = AopTestUtils.getTargetObject(finder);
                    target.attempts = 0;

                    assertThat(style.call(finder, context.getBean(ManualTime.class)))
                            .isEqualTo("apple");
                    assertThat(target.attempts).isEqualTo(3);
                }));
    }

    private interface Check {
        void run(Class<? extends Finder<String>> place, Style style) throws Exception;
    }

    /** Reports all that fail, not only the first. */
    private static void inEveryStyle(Check check) {
        SoftAssertions all = new SoftAssertions();
        for (Class<? extends Finder<String>> place : PLACES) {
            for (Style style : Style.values()) {
                all.assertThatCode(() -> check.run(place, style))
                        .as("%s, %s", place.getSimpleName(), style)
                        .doesNotThrowAnyException();
            }
        }
        all.assertAll();
    }

    @SuppressWarnings("unchecked")
    private static Finder<String> finder(BeanFactory context, String name) {
        return context.getBean(name, Finder.class);
    }

    /** How a bean reaches post-processors, besides by being made. */
    enum Arrival {
        RETURNED_BY_A_SECOND_BEAN_METHOD {
            @Override
            void register(
                    GenericApplicationContext context,
                    Class<? extends Finder<String>> place,
                    String inner,
                    String outer) {
                context.registerBean(inner, place);
                context.registerBean(outer, Finder.class, () -> context.getBean(inner, Finder.class));
            }
        },
        RETURNED_BY_A_FACTORY_BEAN {
            @Override
            void register(
                    GenericApplicationContext context,
                    Class<? extends Finder<String>> place,
                    String inner,
                    String outer) {
                context.registerBean(inner, place);
                context.registerBean(
                        outer,
                        FinderFactory.class,
                        () -> new FinderFactory(() -> context.getBean(inner, Finder.class)));
            }
        },
        MADE_BY_A_FACTORY_BEAN {
            @Override
            void register(
                    GenericApplicationContext context,
                    Class<? extends Finder<String>> place,
                    String inner,
                    String outer) {
                context.registerBean(
                        outer, FinderFactory.class, () -> new FinderFactory(() -> BeanUtils.instantiateClass(place)));
            }
        },
        JDK_PROXY_OF_A_BEAN {
            @Override
            void register(
                    GenericApplicationContext context,
                    Class<? extends Finder<String>> place,
                    String inner,
                    String outer) {
                context.registerBean(inner, place);
                context.registerBean(outer, Finder.class, () -> proxy(context.getBean(inner, Finder.class), false));
            }
        },
        JDK_PROXY_OF_A_CGLIB_PROXY {
            @Override
            void register(
                    GenericApplicationContext context,
                    Class<? extends Finder<String>> place,
                    String inner,
                    String outer) {
                context.registerBean(
                        outer, Finder.class, () -> proxy(proxy(BeanUtils.instantiateClass(place), true), false));
            }
        },
        JDK_PROXY_OF_A_JDK_PROXY {
            @Override
            void register(
                    GenericApplicationContext context,
                    Class<? extends Finder<String>> place,
                    String inner,
                    String outer) {
                context.registerBean(
                        outer, Finder.class, () -> proxy(proxy(BeanUtils.instantiateClass(place), false), false));
            }
        },
        HAND_MADE_PROXY_OF_A_BEAN {
            @Override
            void register(
                    GenericApplicationContext context,
                    Class<? extends Finder<String>> place,
                    String inner,
                    String outer) {
                context.registerBean(inner, place);
                context.registerBean(outer, Finder.class, () -> handMade(context.getBean(inner, Finder.class)));
            }
        },
        AUTO_PROXIED_BEFORE {
            @Override
            void register(
                    GenericApplicationContext context,
                    Class<? extends Finder<String>> place,
                    String inner,
                    String outer) {
                autoProxy(context, Ordered.HIGHEST_PRECEDENCE);
                context.registerBean(outer, place);
            }
        },
        AUTO_PROXIED_AFTER {
            @Override
            void register(
                    GenericApplicationContext context,
                    Class<? extends Finder<String>> place,
                    String inner,
                    String outer) {
                autoProxy(context, Ordered.LOWEST_PRECEDENCE);
                context.registerBean(outer, place);
            }
        },
        TARGET_OF_A_PROXY_FACTORY_BEAN {
            @Override
            void register(
                    GenericApplicationContext context,
                    Class<? extends Finder<String>> place,
                    String inner,
                    String outer) {
                context.registerBean(inner, place);
                context.registerBean(outer, ProxyFactoryBean.class, () -> {
                    ProxyFactoryBean proxies = new ProxyFactoryBean();
                    proxies.setTargetName(inner);
                    return proxies;
                });
            }
        },
        SCOPED {
            @Override
            void register(
                    GenericApplicationContext context,
                    Class<? extends Finder<String>> place,
                    String inner,
                    String outer) {
                context.registerBean("scopedTarget." + outer, place, it -> it.setAutowireCandidate(false));
                context.registerBean(outer, ScopedProxyFactoryBean.class, () -> {
                    ScopedProxyFactoryBean proxies = new ScopedProxyFactoryBean();
                    proxies.setTargetBeanName("scopedTarget." + outer);
                    return proxies;
                });
            }
        };

        abstract void register(
                GenericApplicationContext context, Class<? extends Finder<String>> place, String inner, String outer);

        @SuppressWarnings("unchecked")
        private static Finder<String> proxy(Finder<String> target, boolean byClass) {
            ProxyFactory proxies = new ProxyFactory(target);
            proxies.setProxyTargetClass(byClass);
            proxies.addAdvice((MethodInterceptor) MethodInvocation::proceed);
            return (Finder<String>) proxies.getProxy();
        }

        @SuppressWarnings("unchecked")
        private static Finder<String> handMade(Finder<String> target) {
            Class<?>[] contracts = ClassUtils.getAllInterfaces(target);
            InvocationHandler handler = (proxy, method, arguments) -> {
                try {
                    return method.invoke(target, arguments);
                } catch (InvocationTargetException thrown) {
                    throw thrown.getTargetException();
                }
            };
            return (Finder<String>) Proxy.newProxyInstance(Finder.class.getClassLoader(), contracts, handler);
        }

        /** As another library does it that has an advisor of its own. */
        private static void autoProxy(GenericApplicationContext context, int order) {
            if (context.containsBeanDefinition("creator")) {
                return;
            }
            context.registerBean("creator", BeanNameAutoProxyCreator.class, () -> {
                BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
                creator.setBeanNames("outer*");
                creator.setInterceptorNames("foreign");
                creator.setOrder(order);
                return creator;
            });
            context.registerBean("foreign", MethodInterceptor.class, () -> MethodInvocation::proceed);
        }
    }

    record FinderFactory(Supplier<Finder<String>> finder) implements FactoryBean<Finder<String>> {

        @Override
        public Finder<String> getObject() {
            return finder.get();
        }

        @Override
        public Class<?> getObjectType() {
            return Finder.class;
        }
    }

    static Stream<Arguments> everyArrivalBehindEveryProxy() {
        return Stream.of(Arrival.values())
                .flatMap(arrival -> Stream.of(true, false)
                        .filter(byClass -> byClass || arrival != Arrival.SCOPED)
                        .map(byClass -> arguments(arrival, byClass)));
    }

    /** All places in one application, each in every style. */
    @ParameterizedTest(name = "{0}, proxies of classes: {1}")
    @MethodSource("everyArrivalBehindEveryProxy")
    void isAdvisedOnce(Arrival arrival, boolean byClass) {
        Apps.with("retrykit.defaults.policy: { nested: multiply, jitter: none, backoff: { delay: 0ms } }")
                .withPropertyValues("spring.aop.proxy-target-class=" + byClass)
                .withInitializer(context -> PLACES.forEach(place ->
                        arrival.register((GenericApplicationContext) context, place, inner(place), outer(place))))
                .run(context -> inEveryStyle((place, style) -> {
                    Finder<String> finder = finder(context, outer(place));
                    Object made = context.getBean(context.containsBean(inner(place)) ? inner(place) : outer(place));
                    Dependency target = AopTestUtils.getUltimateTargetObject(made);
                    target.down = true;
                    target.attempts = 0;

                    assertThatThrownBy(() -> style.call(finder, context.getBean(ManualTime.class)))
                            .hasStackTraceContaining(ConnectException.class.getName());
                    assertThat(target.attempts).isEqualTo(3);
                }));
    }

    private static String inner(Class<?> place) {
        return "inner" + place.getSimpleName();
    }

    private static String outer(Class<?> place) {
        return "outer" + place.getSimpleName();
    }
}
