package dev.retrykit.spring.client;

import dev.retrykit.spring.client.FaultServer.Connection;
import java.io.IOException;
import org.springframework.http.HttpMethod;

/** What a server does to a request, and what is to come of a retried call of three attempts. */
enum ClientFault {
    BUSY_IN_1S("GET", "429, Retry-After: 1", "3/3 EXHAUSTED, in time"),
    BUSY("GET", "429", "3/3 EXHAUSTED"),
    DOWN("GET", "503", "3/3 EXHAUSTED"),
    VETOED("GET", "503, x-should-retry: false", "1/1 VETOED"),
    FORBIDDEN("GET", "403", "1/1 NOT_RETRYABLE"),
    LIMITED("GET", "403, Retry-After: 1", "3/3 EXHAUSTED, in time"),
    CUT("GET", "503, Retry-After: 1, body cut", "3/3 EXHAUSTED, in time"),
    MALFORMED("GET", "200, malformed chunk", "3/3 EXHAUSTED"),
    POST_FAILED("POST", "500", "1/1 NOT_IDEMPOTENT, no key"),
    POST_DOWN("POST", "503", "1/1 NOT_IDEMPOTENT, no key"),
    POST_DOWN_1S("POST", "503, Retry-After: 1", "3/3 EXHAUSTED, in time, no key"),
    POST_BUSY("POST", "429", "3/3 EXHAUSTED, no key"),
    POST_KEYED("POST", "500 with a key", "3/3 EXHAUSTED, 1 key of 36"),
    UNKNOWN("GET", "25 x 404 with a circuit", "25/25 NOT_RETRYABLE"),
    TOO_LONG("GET", "503, Retry-After: 11", "1/1 RETRY_AFTER_TOO_LONG");

    private final String method;
    private final String what;
    private final String expected;

    ClientFault(String method, String what, String expected) {
        this.method = method;
        this.what = what;
        this.expected = expected;
    }

    HttpMethod method() {
        return HttpMethod.valueOf(method);
    }

    String expected() {
        return expected;
    }

    String path() {
        return "/" + name();
    }

    /** The calls of which it is made. */
    int calls() {
        return this == UNKNOWN ? 25 : 1;
    }

    /** Whether no retry may come in the second after an answer. */
    boolean waits() {
        return expected.contains("in time");
    }

    /** Whether the answer lets a POST be sent again, so that it must be known to be the answer of that POST. */
    boolean allowsPost() {
        return this == POST_DOWN_1S || this == POST_BUSY;
    }

    void answer(Connection connection) throws IOException {
        switch (this) {
            case CUT ->
                connection.write("HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Type: text/plain\r\n"
                        + "Content-Length: 100\r\nConnection: close\r\n\r\nonly this");
            case MALFORMED ->
                connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n"
                        + "Connection: close\r\n\r\n5\r\nhello\r\nno number\r\nhello\r\n0\r\n\r\n");
            case VETOED -> connection.status(503, "x-should-retry: false");
            case BUSY_IN_1S -> connection.status(429, "Retry-After: 1");
            case LIMITED -> connection.status(403, "Retry-After: 1");
            case POST_DOWN_1S -> connection.status(503, "Retry-After: 1");
            case TOO_LONG -> connection.status(503, "Retry-After: 11");
            case UNKNOWN -> connection.status(404);
            default -> connection.status(Integer.parseInt(what.substring(0, 3)));
        }
    }

    @Override
    public String toString() {
        return method + " " + what;
    }
}
