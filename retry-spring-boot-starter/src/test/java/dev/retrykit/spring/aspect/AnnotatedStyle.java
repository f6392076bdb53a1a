package dev.retrykit.spring.aspect;

import dev.retrykit.CallStyle;
import dev.retrykit.Retry;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.StopReason;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.spring.aspect.adapter.CallAdapters;
import dev.retrykit.spring.aspect.check.ProxyabilityCheck;
import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.failure.CallerTransaction;
import dev.retrykit.spring.settings.AspectMode;
import dev.retrykit.time.ManualTime;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Calls of annotated methods, through Spring's proxies. */
enum AnnotatedStyle implements CallStyle {
    PLAIN {
        @Override
        public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
            Service service = proxied(new Service(body), retry, true);
            return blocking(caller, service::plain);
        }
    },

    VOID {
        @Override
        public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
            Service service = proxied(new Service(body), retry, true);
            return blocking(caller, () -> {
                service.nothing();
                return service.last();
            });
        }

        @Override
        public boolean judgesValues() {
            return false;
        }
    },

    /** Behind a proxy of the interface, which has the annotation. */
    INTERFACE {
        @Override
        public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
            Contract service = proxied(new Implementation(body), retry, false);
            return blocking(caller, service::find);
        }
    },

    STAGE {
        @Override
        public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
            Service service = proxied(new Service(body), retry, true);
            return future(time, caller, () -> service.stage().toCompletableFuture());
        }
    },

    /** Declared as a future, and a stage at run time. */
    FUTURE {
        @Override
        public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
            Service service = proxied(new Service(body), retry, true);
            return future(time, caller, () -> {
                Future<Object> future = service.future();
                return future instanceof CompletableFuture<Object> stage ? stage : new Watched(future);
            });
        }
    },

    MONO {
        @Override
        public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
            Service service = proxied(new Service(body), retry, true);
            return future(time, caller, () -> service.mono().toFuture());
        }
    },

    FLUX {
        @Override
        public Result make(Retry retry, ManualTime time, ThrowingCallable<Object, ?> body, Consumer<Runnable> caller) {
            Service service = proxied(new Service(body), retry, true);
            return future(time, caller, () -> service.flux().singleOrEmpty().toFuture());
        }

        @Override
        public boolean judgesValues() {
            return false;
        }
    };

    @Override
    public StopReason reasonToGiveUp() {
        return ordinal() < STAGE.ordinal() ? StopReason.INTERRUPTED : StopReason.CANCELLED;
    }

    /** What users write. */
    static class Service {

        private final ThrowingCallable<Object, ?> body;
        private Object last;

        Service(ThrowingCallable<Object, ?> body) {
            this.body = body;
        }

        @Retryable
        public Object plain() throws Throwable {
            return body.call();
        }

        @Retryable
        public void nothing() throws Throwable {
            last = body.call();
        }

        public Object last() {
            return last;
        }

        @Retryable
        public CompletionStage<Object> stage() {
            CompletableFuture<Object> stage = new CompletableFuture<>();
            try {
                stage.complete(body.call());
            } catch (Throwable failure) {
                stage.completeExceptionally(failure);
            }
            return stage;
        }

        @Retryable
        public Future<Object> future() {
            return (CompletableFuture<Object>) stage();
        }

        @Retryable
        public Mono<Object> mono() {
            return Mono.fromCompletionStage(this::stage);
        }

        @Retryable
        public Flux<Object> flux() {
            return mono().flux();
        }
    }

    /** What users write where beans hide behind interfaces. */
    interface Contract {

        @Retryable
        Object find() throws Throwable;
    }

    private record Implementation(ThrowingCallable<Object, ?> body) implements Contract {

        @Override
        public Object find() throws Throwable {
            return body.call();
        }
    }

    /** A future that can only be asked whether it is done, as one that is done. */
    private static final class Watched extends CompletableFuture<Object> {

        private final Future<Object> future;

        Watched(Future<Object> future) {
            this.future = future;
        }

        @Override
        public boolean isDone() {
            if (!super.isDone() && future.isDone()) {
                try {
                    complete(future.get());
                } catch (ExecutionException failed) {
                    completeExceptionally(failed.getCause());
                } catch (CancellationException cancelled) {
                    completeExceptionally(real(cancelled));
                } catch (InterruptedException interrupted) {
                    throw new AssertionError(interrupted);
                }
            }
            return super.isDone();
        }

        /** From JDK 25 on a future throws one of its own around that with which it was completed. */
        private static Throwable real(CancellationException cancelled) {
            return cancelled.getCause() instanceof CancellationException cause ? cause : cancelled;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            future.cancel(mayInterruptIfRunning);
            return super.cancel(mayInterruptIfRunning);
        }
    }

    /** As an application context does, but with the scenario's engine in place of one that settings make. */
    @SuppressWarnings("unchecked")
    static <T> T proxied(T bean, Retry retry, boolean byClass) {
        CallAdapters forms = new CallAdapters(CallerTransaction.NONE, AnnotatedStyle.class.getClassLoader());
        MethodPlans plans = new MethodPlans(
                (method, type, annotated) -> new MethodPlan(
                        retry, null, null, forms.of(method, MethodNames.readable(method, type), false), null),
                ProxyabilityCheck::warn);
        RetryPostProcessor processor = new RetryPostProcessor(() -> plans, 0, AspectMode.PROXY);
        processor.setBeanFactory(new DefaultListableBeanFactory());
        processor.setProxyTargetClass(byClass);
        return (T) processor.postProcessAfterInitialization(bean, "bean");
    }

    private static Result blocking(Consumer<Runnable> caller, ThrowingCallable<Object, ?> call) {
        caller.accept(Thread.currentThread()::interrupt);
        try {
            return new Result(call.call(), null);
        } catch (Throwable failure) {
            return new Result(null, failure);
        }
    }

    private static Result future(
            ManualTime time, Consumer<Runnable> caller, ThrowingCallable<CompletableFuture<Object>, ?> call) {
        AtomicReference<CompletableFuture<Object>> future = new AtomicReference<>();
        caller.accept(() -> future.get().cancel(true));
        try {
            future.set(call.call());
        } catch (Throwable failure) {
            throw new AssertionError("an asynchronous method threw", failure);
        }
        return CallStyle.await(time, future.get());
    }
}
