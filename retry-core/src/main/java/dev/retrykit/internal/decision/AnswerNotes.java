package dev.retrykit.internal.decision;

import dev.retrykit.failure.AnswerMarks;
import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The servers that one attempt called, and its last response. Nothing is recorded after the attempt's end. Thread-safe.
 */
public final class AnswerNotes {

    /** If an attempt calls more servers, only the first ones are tracked. */
    private static final int MOST_PEERS = 16;

    /** If more requests of an attempt fail, only the latest can be what it ends with. */
    private static final int MOST_FAILURES = 16;

    /** Further marks are not recorded, so that an endless loop needs no more memory. */
    private static final int MOST_MARKS = 10_000;

    /** The notes of an attempt that has no view. Never written. */
    public static final AnswerNotes NONE = new AnswerNotes();

    private volatile @Nullable PeerAnswer last;
    private volatile List<String> peers = List.of();
    private volatile @Nullable BitSet statuses;
    private volatile List<Throwable> failures = List.of();
    /** Null while there are none. Guarded by this object's lock. */
    private @Nullable Set<Object> marks;

    /** Null while no request was sent whose response may carry a mark. */
    private volatile @Nullable AnswerMarks reader;

    private volatile @Nullable BitSet transientStatuses;
    private volatile boolean ended;

    /** Records a server that a request is sent to. */
    public void sendTo(String peer) {
        if (!ended && !peers.contains(peer)) {
            add(List.of(peer));
        }
    }

    private synchronized void add(List<String> more) {
        List<String> all = new ArrayList<>(peers);
        for (String peer : more) {
            if (all.size() < MOST_PEERS && !all.contains(peer)) {
                all.add(peer);
            }
        }
        peers = List.copyOf(all);
    }

    /** The servers that were called, in the order of their first request. */
    public List<String> peers() {
        return peers;
    }

    /** Records the response to the request that ended last; null if there was none, or if it was successful. */
    public void note(@Nullable PeerAnswer answer) {
        if (!ended && (answer != null || last != null)) {
            if (answer != null) {
                addStatus(answer.status());
            }
            last = answer;
        }
    }

    /** Whether the response to a request had this status of 400 or more. */
    public boolean hasStatus(int status) {
        BitSet known = statuses;
        return known != null && known.get(status);
    }

    /** Records the failure of a request, or of reading its response. */
    public void fail(Throwable failure) {
        if (!ended) {
            addFailure(failure);
        }
    }

    private synchronized void addFailure(Throwable failure) {
        List<Throwable> all = new ArrayList<>(failures);
        if (all.size() == MOST_FAILURES) {
            all.remove(0);
        }
        all.add(failure);
        failures = List.copyOf(all);
    }

    /** Whether a request failed with this failure, or with one that has a cause in common with it. */
    public boolean hasFailure(Throwable failure) {
        for (Throwable known : failures) {
            for (Throwable link : Causes.chain(known)) {
                for (Throwable other : Causes.chain(failure)) {
                    if (link == other) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Sets how marks of responses are found in failures. */
    public void markBy(AnswerMarks marks) {
        reader = marks;
    }

    /** Records the mark of a response. */
    public void mark(Object mark) {
        if (!ended) {
            addMarks(List.of(mark));
        }
    }

    private synchronized void addMarks(List<Object> more) {
        Set<Object> known = marks;
        if (known == null) {
            known = Collections.newSetFromMap(new IdentityHashMap<>());
            marks = known;
        }
        for (Object mark : more) {
            if (known.size() < MOST_MARKS) {
                known.add(mark);
            }
        }
    }

    private synchronized List<Object> marks() {
        return marks == null ? List.of() : List.copyOf(marks);
    }

    /** Whether a failure reports the response to a request that is recorded here. */
    public boolean hasMarkOf(Throwable failure) {
        Object mark = markOf(failure);
        return mark != null && isKnown(mark);
    }

    /** Whether a failure reports the response to a request that is not recorded here. */
    public boolean lacksMarkOf(Throwable failure) {
        Object mark = markOf(failure);
        return mark != null && !isKnown(mark);
    }

    private synchronized boolean isKnown(Object mark) {
        return marks != null && marks.contains(mark);
    }

    private @Nullable Object markOf(Throwable failure) {
        AnswerMarks known = reader;
        if (known != null) {
            for (Throwable link : Causes.chain(failure)) {
                Object mark = known.of(link);
                if (mark != null) {
                    return mark;
                }
            }
        }
        return null;
    }

    private synchronized void addStatus(int status) {
        statuses = with(statuses, status);
    }

    /** Returns a copy, because the known set is read without a lock. */
    private static BitSet with(@Nullable BitSet known, int status) {
        BitSet all = known == null ? new BitSet() : (BitSet) known.clone();
        all.set(status);
        return all;
    }

    @Nullable
    public PeerAnswer last() {
        return last;
    }

    /** Adds the delay and the veto of the last response to the verdict on a rejected value. */
    public Verdict advise(Verdict own) {
        PeerAnswer answer = last;
        return answer == null ? own : answer.advise(own);
    }

    /** Adds the notes of an inner attempt that turns out to be part of this one. */
    public void takeOver(AnswerNotes inner) {
        PeerAnswer answer = inner.last;
        if (answer != null) {
            note(answer);
        }
        if (!inner.peers.isEmpty()) {
            add(inner.peers);
        }
        inner.failures.forEach(this::fail);
        AnswerMarks found = inner.reader;
        if (found != null) {
            markBy(found);
            addMarks(inner.marks());
        }
        BitSet answered = inner.statuses;
        if (answered != null) {
            answered.stream().forEach(this::addStatus);
        }
    }

    /** Ends the attempt: nothing is recorded afterwards. */
    public void end() {
        ended = true;
    }

    public boolean hasEnded() {
        return ended;
    }

    /** Makes a response of this status with a Retry-After transient, whatever the rules for statuses say. */
    public synchronized void expect(int status) {
        transientStatuses = with(transientStatuses, status);
    }

    /** Returns the verdict; transient if the response is an expected one. */
    public Verdict withExpected(Verdict verdict) {
        BitSet known = transientStatuses;
        boolean expected = known != null
                && verdict.kind() == Kind.NOT_RETRYABLE
                && verdict.retryAfterNanos() != Verdict.NO_HINT
                && known.get(verdict.status());
        return expected ? verdict.as(Kind.RETRYABLE) : verdict;
    }
}
