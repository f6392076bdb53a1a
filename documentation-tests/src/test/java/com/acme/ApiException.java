package com.acme;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An exception as generated clients throw it: pages name it in settings. */
public class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int code;

    public ApiException(int code) {
        super("HTTP " + code);
        this.code = code;
    }

    public int getCode() {
        return code;
    }

    public Map<String, List<String>> getResponseHeaders() {
        return Map.of();
    }

    public boolean isRetryable() {
        return false;
    }

    public Duration getDelay() {
        return Duration.ZERO;
    }

    public String getMethod() {
        return "GET";
    }

    public int getAttempts() {
        return 1;
    }

    public String getSqlState() {
        return "";
    }

    public List<Throwable> getErrors() {
        return List.of();
    }

    public boolean hasLabel(String label) {
        return label.isEmpty();
    }

    /** A nested one. */
    public static final class Busy extends ApiException {

        private static final long serialVersionUID = 1;

        public Busy() {
            super(503);
        }
    }
}
