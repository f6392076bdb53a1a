package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.spring.registry.FallbackCounters;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;

/** The fallback methods of one method, the one with the most specific failure type first. */
public final class Fallback {

    private final List<FallbackMethod> candidates;
    private final FallbackCounters counters;

    /**
     * Creates the fallback of one method.
     *
     * @param candidates the fallback methods, in the order in which they are tried
     * @param counters count successes and failures
     */
    public Fallback(List<FallbackMethod> candidates, FallbackCounters counters) {
        this.candidates = candidates;
        this.counters = counters;
    }

    /**
     * Calls the first matching fallback method. If its result is deferred, its adapter reports the outcome.
     *
     * @throws Throwable the failure, if no fallback method matches; otherwise what the fallback throws, with the
     *     failure attached
     */
    @Nullable
    Object answer(Object target, @Nullable Object[] arguments, Throwable failure) throws Throwable {
        for (FallbackMethod candidate : candidates) {
            if (candidate.answers(failure)) {
                return call(candidate, target, arguments, failure);
            }
        }
        throw failure;
    }

    private @Nullable Object call(
            FallbackMethod candidate, Object target, @Nullable Object[] arguments, Throwable failure) throws Throwable {
        try {
            return candidate.call(behind(target), arguments, failure);
        } catch (Throwable own) {
            throw failed(own, failure);
        }
    }

    /** The target object behind proxies, which cannot call methods that they do not expose. */
    private static Object behind(Object target) {
        Object link = target;
        for (Object next = link; next != null; next = AopProxyUtils.getSingletonTarget(next)) {
            link = next;
        }
        return link;
    }

    /** Reports that the fallback has succeeded. */
    void succeeded() {
        counters.add(true);
    }

    /** Reports that the fallback has failed. Returns its failure, with the original failure attached. */
    Throwable failed(Throwable own, Throwable failure) {
        counters.add(false);
        attachOnce(own, failure);
        return own;
    }

    /** Attaches one failure of each kind, and never itself: an exception instance that is reused must not grow. */
    private static void attachOnce(Throwable own, Throwable failure) {
        synchronized (own) {
            boolean there =
                    Arrays.stream(own.getSuppressed()).anyMatch(present -> present.getClass() == failure.getClass());
            if (own != failure && !there) {
                own.addSuppressed(failure);
            }
        }
    }
}
