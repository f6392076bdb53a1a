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
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.ProxyFactoryBean;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.aop.scope.ScopedProxyFactoryBean;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.util.AopTestUtils;
import org.springframework.util.ClassUtils;
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

    private static Stream<Class<?>> places() {
        return Stream.of(
                OnMethods.class,
                OnType.class,
                OnSuperclass.class,
                OnSuperclassMethods.class,
                OnInterface.class,
                OnInterfaceMethods.class,
                OnGenericInterface.class,
                ByMetaAnnotation.class,
                MethodOverType.class);
    }

    static Stream<Arguments> everyPlaceBehindEveryProxyInEveryStyle() {
        return places().flatMap(place -> Stream.of(true, false)
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

    /** How a bean reaches post-processors, besides by being made. */
    enum Arrival {
        RETURNED_BY_A_SECOND_BEAN_METHOD {
            @Override
            void register(GenericApplicationContext context, Class<? extends Finder<String>> place) {
                context.registerBean("inner", place);
                context.registerBean("outer", Finder.class, () -> context.getBean("inner", Finder.class));
            }
        },
        RETURNED_BY_A_FACTORY_BEAN {
            @Override
            void register(GenericApplicationContext context, Class<? extends Finder<String>> place) {
                context.registerBean("inner", place);
                context.registerBean(
                        "outer",
                        FinderFactory.class,
                        () -> new FinderFactory(() -> context.getBean("inner", Finder.class)));
            }
        },
        MADE_BY_A_FACTORY_BEAN {
            @Override
            void register(GenericApplicationContext context, Class<? extends Finder<String>> place) {
                context.registerBean(
                        "outer", FinderFactory.class, () -> new FinderFactory(() -> BeanUtils.instantiateClass(place)));
            }
        },
        JDK_PROXY_OF_A_BEAN {
            @Override
            void register(GenericApplicationContext context, Class<? extends Finder<String>> place) {
                context.registerBean("inner", place);
                context.registerBean("outer", Finder.class, () -> proxy(context.getBean("inner", Finder.class), false));
            }
        },
        JDK_PROXY_OF_A_CGLIB_PROXY {
            @Override
            void register(GenericApplicationContext context, Class<? extends Finder<String>> place) {
                context.registerBean(
                        "outer", Finder.class, () -> proxy(proxy(BeanUtils.instantiateClass(place), true), false));
            }
        },
        JDK_PROXY_OF_A_JDK_PROXY {
            @Override
            void register(GenericApplicationContext context, Class<? extends Finder<String>> place) {
                context.registerBean(
                        "outer", Finder.class, () -> proxy(proxy(BeanUtils.instantiateClass(place), false), false));
            }
        },
        HAND_MADE_PROXY_OF_A_BEAN {
            @Override
            void register(GenericApplicationContext context, Class<? extends Finder<String>> place) {
                context.registerBean("inner", place);
                context.registerBean("outer", Finder.class, () -> handMade(context.getBean("inner", Finder.class)));
            }
        },
        AUTO_PROXIED_BEFORE {
            @Override
            void register(GenericApplicationContext context, Class<? extends Finder<String>> place) {
                autoProxy(context, Ordered.HIGHEST_PRECEDENCE);
                context.registerBean("outer", place);
            }
        },
        AUTO_PROXIED_AFTER {
            @Override
            void register(GenericApplicationContext context, Class<? extends Finder<String>> place) {
                autoProxy(context, Ordered.LOWEST_PRECEDENCE);
                context.registerBean("outer", place);
            }
        },
        TARGET_OF_A_PROXY_FACTORY_BEAN {
            @Override
            void register(GenericApplicationContext context, Class<? extends Finder<String>> place) {
                context.registerBean("inner", place);
                context.registerBean("outer", ProxyFactoryBean.class, () -> {
                    ProxyFactoryBean proxies = new ProxyFactoryBean();
                    proxies.setTargetName("inner");
                    return proxies;
                });
            }
        },
        SCOPED {
            @Override
            void register(GenericApplicationContext context, Class<? extends Finder<String>> place) {
                context.registerBean("scopedTarget.outer", place, it -> it.setAutowireCandidate(false));
                context.registerBean("outer", ScopedProxyFactoryBean.class, () -> {
                    ScopedProxyFactoryBean proxies = new ScopedProxyFactoryBean();
                    proxies.setTargetBeanName("scopedTarget.outer");
                    return proxies;
                });
            }
        };

        abstract void register(GenericApplicationContext context, Class<? extends Finder<String>> place);

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
            context.registerBean("creator", BeanNameAutoProxyCreator.class, () -> {
                BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
                creator.setBeanNames("outer");
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

    static Stream<Arguments> everyPlaceByEveryArrivalInEveryStyle() {
        return places().flatMap(place -> Stream.of(Arrival.values())
                .flatMap(arrival -> Stream.of(true, false)
                        .filter(byClass -> byClass || arrival != Arrival.SCOPED)
                        .flatMap(byClass ->
                                Stream.of(Style.values()).map(style -> arguments(place, arrival, byClass, style)))));
    }

    @ParameterizedTest(name = "{0}, {1}, proxy of the class: {2}, {3}")
    @MethodSource("everyPlaceByEveryArrivalInEveryStyle")
    void isAdvisedOnce(Class<? extends Finder<String>> place, Arrival arrival, boolean byClass, Style style) {
        Apps.with("retrykit.defaults.policy: { nested: multiply, jitter: none, backoff: { delay: 0ms } }")
                .withPropertyValues("spring.aop.proxy-target-class=" + byClass)
                .withInitializer(context -> arrival.register((GenericApplicationContext) context, place))
                .run(context -> {
                    @SuppressWarnings("unchecked")
                    Finder<String> finder = context.getBean("outer", Finder.class);
                    Object made = context.getBean(context.containsBean("inner") ? "inner" : "outer");
                    Dependency target = AopTestUtils.getUltimateTargetObject(made);
                    target.down = true;

                    assertThatThrownBy(() -> style.call(finder, context.getBean(ManualTime.class)))
                            .hasStackTraceContaining(ConnectException.class.getName());
                    assertThat(target.attempts).isEqualTo(3);
                });
    }
}
