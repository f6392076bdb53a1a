package dev.retrykit.sample.problem;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

/** Thrown if a request contains a value that breaks a rule. */
public final class BadValueException extends RuntimeException {

    private static final int LONGEST = 60;

    private final HttpStatus status;
    private final String field;
    private final String value;
    private final String rule;

    private BadValueException(HttpStatus status, String field, @Nullable Object value, String rule) {
        this.status = status;
        this.field = field;
        this.value = shortened(String.valueOf(value));
        this.rule = rule;
    }

    /** Creates an exception that leads to a 400 response. */
    public static BadValueException invalid(String field, @Nullable Object value, String rule) {
        return new BadValueException(HttpStatus.BAD_REQUEST, field, value, rule);
    }

    /** Creates an exception that leads to a 404 response. */
    public static BadValueException unknown(String field, @Nullable Object value, String rule) {
        return new BadValueException(HttpStatus.NOT_FOUND, field, value, rule);
    }

    @Override
    public String getMessage() {
        return field + " " + rule + ", but was '" + value + "'";
    }

    ProblemDetail problem() {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, getMessage());
        problem.setProperty("field", field);
        problem.setProperty("value", value);
        problem.setProperty("rule", rule);
        return problem;
    }

    private static String shortened(String value) {
        return value.length() <= LONGEST ? value : value.substring(0, LONGEST) + "…";
    }
}
