package dev.retrykit.internal.book;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Verdict;
import dev.retrykit.http.AnswerRules;
import dev.retrykit.http.RetryAfter;
import dev.retrykit.internal.foreign.ForeignHeaders;
import dev.retrykit.internal.foreign.Labels;
import dev.retrykit.internal.foreign.PropertyPath;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The clauses that decide. */
final class Clauses {

    private static final int LOWEST_OF_ALL = 100;
    private static final int LOWEST_STATUS = 400;
    private static final int HIGHEST_STATUS = 999;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;
    private static final int LONGEST_MESSAGE = 300;
    private static final int FRAMES = 8;
    private static final AnswerRules ANSWERS = AnswerRules.defaults();

    private Clauses() {}

    /** A fixed meaning. */
    record Fixed(Verdict verdict) implements Clause {

        @Override
        public Verdict decide(Throwable failure, JudgmentContext reading) {
            return verdict;
        }
    }

    /**
     * An HTTP status, with headers if there are any.
     *
     * @param last the last verdict without headers, since one status often follows another of its kind
     */
    record Status(
            PropertyPath status,
            @Nullable PropertyPath headers,
            String rule,
            @Nullable Verdict[] last) implements Clause {

        Status(PropertyPath status, @Nullable PropertyPath headers, String rule) {
            this(status, headers, rule, new Verdict[1]);
        }

        @Override
        public @Nullable Verdict decide(Throwable failure, JudgmentContext reading) {
            int code = code(failure);
            if (code == 0) {
                return null;
            }
            Object found = headers == null ? null : headers.read(failure);
            return found == null
                    ? withoutHeaders(code)
                    : ANSWERS.verdict(code, RetryAfter.read(code, new ForeignHeaders(found), reading.now()))
                            .by(rule);
        }

        private Verdict withoutHeaders(int code) {
            Verdict known = last[0];
            if (known == null || known.status() != code) {
                known = ANSWERS.verdict(code, RetryAfter.none()).by(rule);
                last[0] = known;
            }
            return known;
        }

        /** Whether the response was 429, or 503 with a time to retry. */
        boolean isRefusal(Throwable failure, JudgmentContext reading) {
            int code = code(failure);
            Object found = code == UNAVAILABLE && headers != null ? headers.read(failure) : null;
            return code == TOO_MANY
                    || found != null
                            && RetryAfter.read(new ForeignHeaders(found), reading.now())
                                            .delayNanos()
                                    != Verdict.NO_HINT;
        }

        /** Whether there was a response. Clients report a missing one as 0 or -1. */
        boolean isAnswered(Throwable failure) {
            return status.number(failure, 0) >= LOWEST_OF_ALL;
        }

        /** The status; 0 if it is not that of a failure. */
        int code(Throwable failure) {
            long code = status.number(failure, 0);
            return code < LOWEST_STATUS || code > HIGHEST_STATUS ? 0 : (int) code;
        }

        @Override
        public List<PropertyPath> paths() {
            return headers == null ? List.of(status) : List.of(status, headers);
        }
    }

    /** A flag that is set. */
    record Flag(PropertyPath flag, Verdict verdict) implements Clause {

        @Override
        public @Nullable Verdict decide(Throwable failure, JudgmentContext reading) {
            return flag.isTrue(failure) ? verdict : null;
        }

        @Override
        public List<PropertyPath> paths() {
            return List.of(flag);
        }
    }

    /** A code: a number, a constant, or a text. */
    record Code(PropertyPath code, CodeSet words, Verdict verdict) implements Clause {

        @Override
        public @Nullable Verdict decide(Throwable failure, JudgmentContext reading) {
            long number = code.number(failure, Long.MIN_VALUE);
            if (number != Long.MIN_VALUE) {
                return words.hasNumber(number) ? verdict : null;
            }
            Object value = code.read(failure);
            return value != null && words.has(value) ? verdict : null;
        }

        @Override
        public List<PropertyPath> paths() {
            return List.of(code);
        }
    }

    /** A label that the failure has. */
    record Label(Labels accessor, List<String> labels, Verdict verdict) implements Clause {

        @Override
        public @Nullable Verdict decide(Throwable failure, JudgmentContext reading) {
            for (String label : labels) {
                if (accessor.has(failure, label)) {
                    return verdict;
                }
            }
            return null;
        }
    }

    /** The first word of the message. */
    record Word(List<String> words, Verdict verdict) implements Clause {

        @Override
        public @Nullable Verdict decide(Throwable failure, JudgmentContext reading) {
            String message = Causes.message(failure);
            if (message == null) {
                return null;
            }
            for (String word : words) {
                boolean ends = message.length() == word.length()
                        || message.length() > word.length()
                                && !Character.isLetterOrDigit(message.charAt(word.length()))
                                && message.charAt(word.length()) != '_';
                if (message.startsWith(word) && ends) {
                    return verdict;
                }
            }
            return null;
        }
    }

    /** Texts anywhere in the beginning of the message. */
    record Says(List<String> texts, Verdict verdict) implements Clause {

        @Override
        public @Nullable Verdict decide(Throwable failure, JudgmentContext reading) {
            String message = Causes.message(failure);
            if (message == null) {
                return null;
            }
            String text = message.substring(0, Math.min(LONGEST_MESSAGE, message.length()))
                    .toLowerCase(Locale.ROOT);
            for (String part : texts) {
                if (text.contains(part)) {
                    return verdict;
                }
            }
            return null;
        }
    }

    /** The end of the name of the failure's own class. */
    record Ends(List<String> suffixes, Verdict verdict) implements Clause {

        @Override
        public @Nullable Verdict decide(Throwable failure, JudgmentContext reading) {
            String name = failure.getClass().getName();
            for (String suffix : suffixes) {
                if (name.endsWith(suffix)) {
                    return verdict;
                }
            }
            return null;
        }
    }

    /** The class that threw it, or a method of that class; a name that ends with {@code *} is a prefix. */
    record ThrownIn(List<String> classes, Verdict verdict) implements Clause {

        @Override
        public @Nullable Verdict decide(Throwable failure, JudgmentContext reading) {
            StackTraceElement[] frames = Causes.stackTrace(failure);
            for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
                if (isOne(frames[i])) {
                    return verdict;
                }
            }
            return null;
        }

        private boolean isOne(StackTraceElement frame) {
            String name = frame.getClassName();
            for (String type : classes) {
                boolean begins = type.endsWith("*") && name.startsWith(type.substring(0, type.length() - 1));
                if (begins || name.equals(type) || isMethod(type, name, frame.getMethodName())) {
                    return true;
                }
            }
            return false;
        }

        private static boolean isMethod(String written, String type, String method) {
            return written.length() == type.length() + 1 + method.length()
                    && written.startsWith(type)
                    && written.endsWith("." + method);
        }
    }

    /** The meaning of the causes. */
    record Cause() implements Clause {

        @Override
        public @Nullable Verdict decide(Throwable failure, JudgmentContext reading) {
            return reading.ofCauses(failure);
        }
    }

    /** SQLState and vendor code: codes and complete states, or only the classes of states. */
    record Sql(@Nullable PropertyPath state, @Nullable PropertyPath code, boolean byClass) implements Clause {

        @Override
        public @Nullable Verdict decide(Throwable failure, JudgmentContext reading) {
            Object known = state == null ? null : state.read(failure);
            String text = known == null ? "" : CodeSet.text(known);
            if (byClass) {
                return SqlCodes.standard().byClass(text);
            }
            long number = code == null ? 0 : code.number(failure, 0);
            return SqlCodes.standard().verdict(failure, text, number);
        }

        @Override
        public List<PropertyPath> paths() {
            return state == null || code == null ? List.of() : List.of(state, code);
        }
    }
}
