package dev.retrykit.internal.attempt;

import dev.retrykit.event.SideEffect.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keyed requests that the attempts of one call have sent, and which of them a new request repeats. Thread-safe. A
 * request repeats
 * <ol>
 * <li>the first one of its kind and with its content that its attempt has not repeated yet;
 * <li>if there is none, the first one of its kind that its attempt has not repeated yet, unless contents or outcomes
 *     show that it is another one;
 * <li>none if its attempt has repeated all of its kind. It is then a new one, which is allowed if the attempt has
 *     repeated the requests that earlier attempts ended with.
 * </ol>
 */
public final class RequestHistory {

    /** A call that never ends, such as a consumer's loop, must not fill the memory: 250 bytes each. */
    public static final int MOST_REQUESTS = 100_000;

    // All guarded by this object's lock. A call may send thousands of requests, so none is examined twice per request.
    private final Map<String, List<LogicalRequest>> requests = new HashMap<>(4);
    private final Map<AttemptRecord, Sent> attempts = new IdentityHashMap<>(2);

    private int size;
    private int forgotten;

    /** Requests after which no attempt has sent another, in the order in which they were first sent. */
    private final Set<LogicalRequest> last = new LinkedHashSet<>(2);

    /**
     * The result of the search for a request's repetition.
     *
     * @param request the request that it repeats; null if it is a new one
     * @param conflict a request that may have been carried out, and that may be the same one under another key
     */
    record Match(@Nullable LogicalRequest request, @Nullable LogicalRequest conflict) {}

    /** Matches a request whose key is generated. */
    synchronized Match match(AttemptRecord attempt, String kind, @Nullable String hash) {
        List<LogicalRequest> open = open(attempt, kind).limit(2).toList();
        if (open.isEmpty()) {
            return new Match(null, missing(attempt, any -> true));
        }
        LogicalRequest same = hash == null ? null : withHash(open(attempt, kind), hash);
        if (same != null) {
            return new Match(same, null);
        }
        LogicalRequest first = open.get(0);
        boolean differs = hash != null && first.hash() != null;
        boolean isAnother = first.isAmbiguous() || differs && (open.size() > 1 || first.isDone());
        return new Match(first, isAnother ? first : null);
    }

    /**
     * Matches a request whose key the caller has set: only one with the same key is the same, and kinds are
     * distinguished.
     */
    synchronized Match matchOwn(AttemptRecord attempt, String kind, String key) {
        LogicalRequest same = withHash(open(attempt, kind), key);
        return new Match(same, same == null ? missing(attempt, kind::equals) : null);
    }

    /** The requests of a kind that an attempt has not sent yet. */
    private Stream<LogicalRequest> open(AttemptRecord attempt, String kind) {
        Sent sent = sent(attempt);
        List<LogicalRequest> alike = requests.getOrDefault(kind, List.of());
        int from = sent.repeated.getOrDefault(kind, 0);
        while (from < alike.size() && sent.requests.contains(alike.get(from))) {
            from++;
        }
        if (from > 0) {
            sent.repeated.put(kind, from);
        }
        return alike.subList(from, alike.size()).stream().filter(request -> !sent.requests.contains(request));
    }

    private static @Nullable LogicalRequest withHash(Stream<LogicalRequest> requests, String hash) {
        return requests.filter(request -> hash.equals(request.hash()))
                .findFirst()
                .orElse(null);
    }

    /** A request that earlier attempts ended with, and that this one has not repeated. */
    private @Nullable LogicalRequest missing(AttemptRecord attempt, Predicate<String> kind) {
        for (LogicalRequest request : last) {
            if (kind.test(request.kind())
                    && request.mayHaveHappened()
                    && !sent(attempt).requests.contains(request)) {
                return request;
            }
        }
        return null;
    }

    /** The number of a new request of a kind, from 1. No other request of that kind has it. */
    synchronized int next(String kind) {
        return size < MOST_REQUESTS ? requests.getOrDefault(kind, List.of()).size() + 1 : MOST_REQUESTS + ++forgotten;
    }

    /**
     * An attempt sends a request.
     *
     * @return why a later attempt cannot repeat it under its key: an indistinguishable request of its kind is in
     *     flight, or it is not remembered; null if it can
     */
    synchronized @Nullable Kind begin(AttemptRecord attempt, SentRequest next) {
        LogicalRequest request = next.request();
        Sent sent = sent(attempt);
        boolean ambiguous = false;
        for (Iterator<SentRequest> others = sent.unfollowed.iterator(); others.hasNext(); ) {
            SentRequest other = others.next();
            if (other.hasEnded() && other.request() != request) {
                others.remove();
                last.remove(other.request());
            } else if (!other.hasEnded() && areConfused(other.request(), request)) {
                ambiguous = true;
                other.request().confuse();
                request.confuse();
            }
        }
        sent.unfollowed.add(next);
        if (!add(sent, request, true)) {
            return Kind.FORGOTTEN_KEY;
        }
        return ambiguous ? Kind.AMBIGUOUS_KEY : null;
    }

    /** Adds the request; returns whether it is remembered. */
    private boolean add(Sent sent, LogicalRequest request, boolean isLast) {
        if (attempts.values().stream().noneMatch(any -> any.requests.contains(request))) {
            if (size == MOST_REQUESTS) {
                return false;
            }
            size++;
            requests.computeIfAbsent(request.kind(), kind -> new ArrayList<>(1)).add(request);
            if (isLast) {
                last.add(request);
            }
        }
        sent.requests.add(request);
        return true;
    }

    private static boolean areConfused(LogicalRequest one, LogicalRequest other) {
        return one != other && one.kind().equals(other.kind()) && (one.hash() == null || other.hash() == null);
    }

    /**
     * An attempt of another call is part of an attempt of this one, which has therefore sent what the inner attempt has
     * sent.
     *
     * @return why a later attempt cannot repeat some of it; null if it can
     */
    synchronized @Nullable Kind takeOver(AttemptRecord outer, RequestHistory history, AttemptRecord inner) {
        Sent taken = history.copyOf(inner);
        Set<LogicalRequest> ended = new HashSet<>(taken.requests);
        taken.unfollowed.forEach(sent -> ended.remove(sent.request()));
        boolean all = true;
        for (LogicalRequest request : taken.requests) {
            all &= add(sent(outer), request, !ended.contains(request));
        }
        sent(outer).unfollowed.addAll(taken.unfollowed);
        return all ? null : Kind.FORGOTTEN_KEY;
    }

    private synchronized Sent copyOf(AttemptRecord attempt) {
        Sent copy = new Sent();
        copy.requests.addAll(sent(attempt).requests);
        copy.unfollowed.addAll(sent(attempt).unfollowed);
        return copy;
    }

    private Sent sent(AttemptRecord attempt) {
        return attempts.computeIfAbsent(attempt, key -> new Sent());
    }

    /** The requests that one attempt has sent. */
    private static final class Sent {

        private final Set<LogicalRequest> requests = new LinkedHashSet<>(2);

        /** Requests after which the attempt has not sent another yet. */
        private final List<SentRequest> unfollowed = new ArrayList<>(1);

        /** How many requests of each kind, from the first on, it has sent without a gap. */
        private final Map<String, Integer> repeated = new HashMap<>(4);
    }
}
