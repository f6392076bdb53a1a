package dev.retrykit.spring.client;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Wraps a client's builder and the clients it builds, so that every client is instrumented regardless of what happened
 * to its builder before. Builders derived from it, by {@code clone()} or by a client's {@code mutate()}, are wrapped
 * too.
 *
 * @param <B> the builder type
 * @param <C> the client type
 */
public final class ClientProxy<B, C> {

    private final Class<B> builders;
    private final Class<C> clients;
    private final Consumer<B> watch;

    /**
     * Creates the proxies for one kind of client.
     *
     * @param watch prepares a builder right before its client is built
     */
    public ClientProxy(Class<B> builders, Class<C> clients, Consumer<B> watch) {
        this.builders = builders;
        this.clients = clients;
        this.watch = watch;
    }

    /** Whether this class created the object. */
    public static boolean isProxy(Object object) {
        return Proxy.isProxyClass(object.getClass())
                && Proxy.getInvocationHandler(object) instanceof ClientProxy.Handler;
    }

    /** Returns a proxy of a builder. */
    public B builder(B builder) {
        return proxy(builders, new BuilderHandler(builder));
    }

    /** Returns a proxy of a client that is instrumented already. */
    public C client(C client) {
        return proxy(clients, new ClientHandler(client));
    }

    private <T> T proxy(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** Delegates calls to the target. */
    private abstract static class Handler implements InvocationHandler {

        final Object target;

        Handler(Object target) {
            this.target = target;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            return switch (method.getName()) {
                // a customizer that holds the target must still recognize it by its proxy
                case "equals" -> arguments != null && (arguments[0] == proxy || target.equals(arguments[0]));
                case "hashCode" -> target.hashCode();
                case "toString" -> target.toString();
                default -> answer(proxy, method, arguments);
            };
        }

        abstract @Nullable Object answer(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable;

        static @Nullable Object call(Object object, Method method, Object @Nullable [] arguments) throws Throwable {
            try {
                return method.invoke(object, arguments);
            } catch (InvocationTargetException failed) {
                throw failed.getTargetException();
            }
        }
    }

    /** Wraps a builder. */
    private final class BuilderHandler extends Handler {

        BuilderHandler(B builder) {
            super(builder);
        }

        @Override
        @Nullable
        Object answer(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            boolean alone = method.getParameterCount() == 0;
            if (alone && method.getName().equals("build")) {
                B copy = made(builders, call(target, builders.getMethod("clone"), null));
                watch.accept(copy);
                return client(made(clients, call(copy, method, null)));
            }
            if (method.getName().equals("apply") && arguments != null && arguments[0] instanceof Consumer<?> consumer) {
                configure(consumer, proxy);
                return proxy;
            }
            Object result = call(target, method, arguments);
            if (alone && method.getName().equals("clone")) {
                return builder(made(builders, result));
            }
            return result == target ? proxy : result;
        }

        private static <T> T made(Class<T> type, @Nullable Object object) {
            return type.cast(Objects.requireNonNull(object));
        }

        @SuppressWarnings("unchecked")
        private void configure(Consumer<?> consumer, Object proxy) {
            ((Consumer<B>) consumer).accept(builders.cast(proxy));
        }
    }

    /** Wraps a client. */
    private final class ClientHandler extends Handler {

        ClientHandler(C client) {
            super(client);
        }

        @Override
        @Nullable
        Object answer(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            Object result = call(target, method, arguments);
            return builders.isInstance(result) ? builder(builders.cast(result)) : result;
        }
    }
}
