package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.spring.registry.FallbackCounters;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;

/** The methods that answer in place of one that failed, the one with the most specific failure type first. */
public final class Fallback {

    private final List<FallbackMethod> candidates;
    private final FallbackCounters counters;

    /**
     * Of one method.
     *
     * @param candidates in the order in which they are asked
     * @param counters count what becomes of the answers
     */
    public Fallback(List<FallbackMethod> candidates, FallbackCounters counters) {
        this.candidates = candidates;
        this.counters = counters;
    }

    /**
     * The answer, which may be yet to come: whoever gets it says what became of it.
     *
     * @throws Throwable the failure, if no candidate takes it; otherwise what the candidate throws, the failure attached
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

    /** The object itself, where proxies stand in front of it: what they hide they can't call. */
    private static Object behind(Object target) {
        Object link = target;
        for (Object next = link; next != null; next = AopProxyUtils.getSingletonTarget(next)) {
            link = next;
        }
        return link;
    }

    /** The answer has come. */
    void succeeded() {
        counters.add(true);
    }

    /** The fallback failed too: its failure is the answer, and it tells of the one before. */
    Throwable failed(Throwable own, Throwable failure) {
        counters.add(false);
        attachOnce(own, failure);
        return own;
    }

    /** One of each kind, and never itself: an instance that is thrown again and again must not grow. */
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
