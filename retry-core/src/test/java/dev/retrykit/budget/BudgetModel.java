package dev.retrykit.budget;

import dev.retrykit.failure.Signal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A budget that is slow and plainly right: a list of what was earned with the slice of its birth, spent from the
 * oldest on, and a list of all attempts. Amounts are millionths of a token.
 */
final class BudgetModel {

    private static final long TOKEN = 1_000_000;

    private BudgetPolicy policy;
    private final long windowNanos;
    private final List<Earned> earned = new ArrayList<>();
    private final List<Attempt> attempts = new ArrayList<>();
    private int reserve;
    private @Nullable Long refilled;

    BudgetModel(BudgetPolicy policy) {
        this.policy = policy;
        this.windowNanos = policy.window().toNanos();
        this.reserve = policy.reserve();
    }

    void record(Signal signal, long now) {
        if (signal == Signal.NONE) {
            return;
        }
        attempts.add(new Attempt(slice(now), signal.isSuccess()));
        expire(now);
        if (signal.isSuccess()) {
            earned.add(new Earned(slice(now), Math.round(policy.ratio() * TOKEN)));
            if (reserve < policy.reserve()
                    && (refilled == null || now - refilled >= windowNanos)
                    && successes(now) * 100.0 >= policy.minSuccess() * attempts.size()) {
                reserve++;
                refilled = now;
            }
        }
    }

    RetryBudget.@Nullable Token tryAcquire(long now) {
        expire(now);
        long successes = successes(now);
        if (attempts.size() >= 20 && successes * 100.0 < policy.minSuccess() * attempts.size()) {
            return null;
        }
        if (unspent() >= TOKEN) {
            spend(TOKEN);
            return RetryBudget.Token.EARNED;
        }
        if (reserve > 0) {
            reserve--;
            return RetryBudget.Token.RESERVE;
        }
        return null;
    }

    void giveBack(RetryBudget.Token token, long now) {
        expire(now);
        if (token == RetryBudget.Token.RESERVE) {
            reserve = Math.min(policy.reserve(), reserve + 1);
            return;
        }
        long left = TOKEN;
        for (int i = earned.size() - 1; i >= 0 && left > 0; i--) {
            long back = Math.min(left, earned.get(i).spent);
            earned.get(i).spent -= back;
            left -= back;
        }
    }

    /** The window stays. What is left stays as far as the successes are worth it now: the oldest are spent first. */
    void change(BudgetPolicy other, long now) {
        expire(now);
        long left = unspent();
        long worth = Math.round(other.ratio() * TOKEN);
        earned.replaceAll(each -> new Earned(each.slice, worth));
        spend(earned.size() * worth - left);
        reserve = Math.max(0, other.reserve() - (policy.reserve() - reserve));
        policy = other;
    }

    int available(long now) {
        expire(now);
        return (int) (unspent() / TOKEN) + reserve;
    }

    int reserve() {
        return reserve;
    }

    long attempts(long now) {
        expire(now);
        return attempts.size();
    }

    long successes(long now) {
        expire(now);
        return attempts.stream().filter(attempt -> attempt.success).count();
    }

    private long unspent() {
        return earned.stream().mapToLong(each -> each.amount - each.spent).sum();
    }

    private void spend(long amount) {
        long left = Math.max(0, amount);
        for (Earned each : earned) {
            long paid = Math.min(left, each.amount - each.spent);
            each.spent += paid;
            left -= paid;
        }
    }

    private void expire(long now) {
        long oldest = slice(now) - 10;
        earned.removeIf(each -> each.slice < oldest);
        attempts.removeIf(attempt -> attempt.slice < oldest);
    }

    private long slice(long now) {
        return now / (windowNanos / 10);
    }

    private record Attempt(long slice, boolean success) {}

    private static final class Earned {

        final long slice;
        final long amount;
        long spent;

        Earned(long slice, long amount) {
            this.slice = slice;
            this.amount = amount;
        }
    }
}
