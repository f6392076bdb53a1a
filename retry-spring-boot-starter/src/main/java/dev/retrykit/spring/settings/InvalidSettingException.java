package dev.retrykit.spring.settings;

/** Something under {@code retrykit.*} or on an annotation is wrong, and the application must not start with it. */
public final class InvalidSettingException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String action;

    /**
     * With what a user needs to mend it.
     *
     * @param description the key or method, where it came from, its value, and the rule
     * @param action the remedy
     */
    public InvalidSettingException(String description, String action) {
        super(description);
        this.action = action;
    }

    /** The remedy. */
    public String action() {
        return action;
    }
}
