package dev.retrykit.spring.settings;

/** Thrown at startup if a setting under {@code retrykit.*}, or an annotation, is invalid. */
public final class InvalidSettingException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String action;

    /**
     * Creates an exception with all the information that the user needs to fix the problem.
     *
     * @param description the key or method, its origin, its value, and the rule that it violates
     * @param action how to fix it
     */
    public InvalidSettingException(String description, String action) {
        super(description);
        this.action = action;
    }

    /** How to fix the problem. */
    public String action() {
        return action;
    }
}
