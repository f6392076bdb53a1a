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
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;

    private BudgetPolicy policy;
    private final long windowNanos;
    private final List<Earned> earned = new ArrayList<>();
    private final List<Attempt> attempts = new ArrayList<>();
    private long failures;
    private @Nullable Long troubleBegan;
    private int failedCalls;
    private int grantedSoon;
    private long interval = MINUTE;
    private long nextProbe;
    private long probeAtFailures = 20;
    private int proven;
    private int reserve;
    private @Nullable Long refilled;

    BudgetModel(BudgetPolicy policy, long now) {
        this.nextProbe = now + MINUTE;
        this.policy = policy;
        this.windowNanos = policy.window().toNanos();
        this.reserve = policy.reserve();
    }

    /** An attempt by itself. */
    void record(Signal signal, long now) {
        record(signal, 0, false, now);
    }

    /** An attempt of a call, of which so many have failed before. */
    void record(Signal signal, int failed, long now) {
        record(signal, failed, true, now);
    }

    private void record(Signal signal, int failed, boolean ofCall, long now) {
        expire(now);
        if (signal == Signal.NONE) {
            return;
        }
        if (signal.isSuccess()) {
            for (int i = 0; i < failed; i++) {
                attempts.add(new Attempt(now, Kind.FORGIVEN));
            }
            attempts.add(new Attempt(now, Kind.SUCCESS));
            earned.add(new Earned(slice(now), Math.round(policy.ratio() * TOKEN)));
            if (reserve < policy.reserve()
                    && (refilled == null || now - refilled >= windowNanos)
                    && succeed(policy.minSuccess(), now)) {
                reserve++;
                refilled = now;
            }
            return;
        }
        if (ofCall && (troubleBegan == null || now - troubleBegan >= 10 * SECOND) && succeed(80, now)) {
            troubleBegan = now;
            failedCalls = 0;
            grantedSoon = 0;
        }
        failedCalls += ofCall && failed == 0 ? 1 : 0;
        failures++;
        attempts.add(new Attempt(now, Kind.FAILURE));
    }

    private boolean succeed(double percent, long now) {
        return share(near(now), percent) && share(reach(now), percent);
    }

    private static boolean share(List<Attempt> some, double percent) {
        return count(some, Kind.SUCCESS) * 100.0 >= percent * judged(some);
    }

    private static long count(List<Attempt> some, Kind kind) {
        return some.stream().filter(attempt -> attempt.kind == kind).count();
    }

    private static long judged(List<Attempt> some) {
        return count(some, Kind.SUCCESS) + Math.max(0, count(some, Kind.FAILURE) - count(some, Kind.FORGIVEN));
    }

    private List<Attempt> near(long now) {
        return attempts.stream()
                .filter(attempt -> slice(attempt.at) >= slice(now) - 10)
                .toList();
    }

    /** By slices of 10 s. */
    private List<Attempt> reach(long now) {
        List<Attempt> reached = near(now);
        long slices = 10 * SECOND;
        for (long back = 0; judged(reached) < 20 && back <= 60; back++) {
            long oldest = now / slices - back;
            reached = attempts.stream()
                    .filter(attempt -> attempt.at / slices >= oldest)
                    .toList();
        }
        return reached;
    }

    RetryBudget.@Nullable Token tryAcquire(int retry, RetryBudget.@Nullable Token before, long now) {
        expire(now);
        if (before == RetryBudget.Token.PROBE) {
            return before;
        }
        if (policy.ratio() == 0 && policy.reserve() == 0) {
            return null;
        }
        if (proven > 0) {
            proven--;
            return RetryBudget.Token.PROBE;
        }
        boolean soon = troubleBegan != null && now - troubleBegan < SECOND;
        List<Attempt> judged = reach(now);
        if (soon || judged(judged) < 20 || share(judged, policy.minSuccess())) {
            RetryBudget.Token token = retry > 1 && available(now) < 2 ? null : token();
            if (token != null) {
                grantedSoon += soon ? 1 : 0;
                interval = MINUTE;
                nextProbe = now + MINUTE * 5 / 4;
                probeAtFailures = failures + 20;
                return token;
            }
            if (soon && grantedSoon < failedCalls) {
                grantedSoon++;
                return RetryBudget.Token.ALLOWANCE;
            }
        }
        return probe(now);
    }

    private RetryBudget.@Nullable Token token() {
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

    /** The spread is that of {@link RetryBudgetModelTests#MIDDLE}. */
    private RetryBudget.@Nullable Token probe(long now) {
        boolean late = now - nextProbe >= 10 * MINUTE;
        if (now < nextProbe || failures < probeAtFailures && !late) {
            return null;
        }
        nextProbe = now + interval * 5 / 4;
        probeAtFailures = failures + 20 * interval / MINUTE;
        interval = Math.min(2 * interval, 10 * MINUTE);
        return RetryBudget.Token.PROBE;
    }

    void succeeded(RetryBudget.Token token, long now) {
        if (token == RetryBudget.Token.PROBE) {
            proven++;
            interval = MINUTE;
        } else {
            giveBack(token, now);
        }
    }

    void giveBack(RetryBudget.Token token, long now) {
        expire(now);
        if (token == RetryBudget.Token.PROBE) {
            proven++;
        }
        if (token == RetryBudget.Token.PROBE || token == RetryBudget.Token.ALLOWANCE) {
            return;
        }
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
        return judged(near(now));
    }

    long successes(long now) {
        return count(near(now), Kind.SUCCESS);
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
        attempts.removeIf(attempt -> now - attempt.at > 11 * MINUTE);
    }

    private long slice(long now) {
        return now / (windowNanos / 10);
    }

    private record Attempt(long at, Kind kind) {}

    private enum Kind {
        SUCCESS,
        FAILURE,
        FORGIVEN
    }

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
