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

/** Whom one attempt asked, and what it was answered last. What comes after its end isn't noted. Thread-safe. */
public final class AnswerNotes {

    /** An attempt that asks more peers obeys the first ones alone. */
    private static final int MOST_PEERS = 16;

    /** Of an attempt whose requests fail more often only the latest can be what it ends with. */
    private static final int MOST_FAILURES = 16;

    /** What comes after them isn't known: a loop that never ends needs no more memory. */
    private static final int MOST_MARKS = 10_000;

    /** The notes of an attempt that has no view. Never written. */
    public static final AnswerNotes NONE = new AnswerNotes();

    private volatile @Nullable PeerAnswer last;
    private volatile List<String> peers = List.of();
    private volatile @Nullable BitSet statuses;
    private volatile List<Throwable> failures = List.of();
    /** Null while there are none. Read and written under this object's lock. */
    private @Nullable Set<Object> marks;

    /** Null while no request was sent whose answer bears a mark. */
    private volatile @Nullable AnswerMarks reader;

    private volatile @Nullable BitSet transientStatuses;
    private volatile boolean ended;

    /** A request goes to a peer. */
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

    /** Each peer that was asked, in the order in which they were asked first. */
    public List<String> peers() {
        return peers;
    }

    /** The last request to end was answered so; null if it wasn't answered, or answered well. */
    public void note(@Nullable PeerAnswer answer) {
        if (!ended && (answer != null || last != null)) {
            if (answer != null) {
                addStatus(answer.status());
            }
            last = answer;
        }
    }

    /** Whether a request was answered with a status of 400 or more. */
    public boolean hasStatus(int status) {
        BitSet known = statuses;
        return known != null && known.get(status);
    }

    /** A request has failed so, or its answer has broken off so. */
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

    /** Whether a request has failed so: with this failure, or with one that has a cause in common with it. */
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

    /** Answers to requests may bear marks, which are found so. */
    public void markBy(AnswerMarks marks) {
        reader = marks;
    }

    /** The answer to a request bears a mark. */
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

    /** Whether a failure reports the answer to a request that is known here. */
    public boolean hasMarkOf(Throwable failure) {
        Object mark = markOf(failure);
        return mark != null && isKnown(mark);
    }

    /** Whether a failure reports the answer to a request that isn't known here. */
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

    /** Those that are known aren't changed: they are read without a lock. */
    private static BitSet with(@Nullable BitSet known, int status) {
        BitSet all = known == null ? new BitSet() : (BitSet) known.clone();
        all.set(status);
        return all;
    }

    @Nullable
    public PeerAnswer last() {
        return last;
    }

    /** What a bad value means, with the time and the veto of the last answer. */
    public Verdict advise(Verdict own) {
        PeerAnswer answer = last;
        return answer == null ? own : answer.advise(own);
    }

    /** An inner attempt turns out to have been part of this one. */
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

    /** The attempt has ended. */
    public void end() {
        ended = true;
    }

    public boolean hasEnded() {
        return ended;
    }

    /** An answer of this status that says when to come back is transient, whatever the rules for statuses say. */
    public synchronized void expect(int status) {
        transientStatuses = with(transientStatuses, status);
    }

    /** The verdict, of an answer that is expected as a transient one. */
    public Verdict withExpected(Verdict verdict) {
        BitSet known = transientStatuses;
        boolean expected = known != null
                && verdict.kind() == Kind.NOT_RETRYABLE
                && verdict.retryAfterNanos() != Verdict.NO_HINT
                && known.get(verdict.status());
        return expected ? verdict.as(Kind.RETRYABLE) : verdict;
    }
}
