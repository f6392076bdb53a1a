package dev.retrykit.failure;

import java.io.IOException;
import java.util.List;

/** Recognizes failures of HTTP clients by the names of their classes, or of the classes that threw them. */
public final class HttpClientFailures {

    private static final List<String> EXCEPTIONS = List.of(
            "org.springframework.web.client.",
            "org.springframework.web.reactive.function.client.",
            "java.net.http.",
            "org.apache.hc.",
            "org.apache.http.",
            "okhttp3.",
            "retrofit2.",
            "feign.",
            "org.eclipse.jetty.client.",
            "reactor.netty.http.client.",
            "org.asynchttpclient.",
            "jakarta.ws.rs.",
            "io.micronaut.http.client.",
            "io.ktor.client.",
            "kong.unirest.",
            "com.google.api.client.http.");

    /** Packages of clients that throw the JDK's own exceptions. */
    private static final List<String> CLIENTS = List.of(
            "jdk.internal.net.http.",
            "sun.net.www.protocol.http",
            "okhttp3.",
            "org.apache.hc.client5.",
            "org.apache.http.impl.",
            "org.eclipse.jetty.client.",
            "reactor.netty.http.client.");

    /** Packages of Spring's clients, which fail with the exceptions of the transport that they use. */
    private static final List<String> SPRING = List.of(
            "org.springframework.web.client.",
            "org.springframework.web.reactive.function.client.",
            "org.springframework.http.client.");

    /** The failure of a {@code WebClient}; its cause need not be an {@code IOException}. */
    private static final String LOST_REQUEST =
            "org.springframework.web.reactive.function.client.WebClientRequestException";

    private HttpClientFailures() {}

    /** Whether a failure, or one in its cause chain, comes from an HTTP client. */
    public static boolean isOne(Throwable failure) {
        for (Throwable link : Causes.chain(failure)) {
            if (startsWithOne(link.getClass().getName(), EXCEPTIONS) || isThrownByClient(link)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a failure comes from an HTTP client other than Spring's. */
    public static boolean isOfForeign(Throwable failure) {
        return isOne(failure) && !isOfSpring(failure);
    }

    /** Whether an HTTP client got no response, or only part of one. */
    public static boolean isLost(Throwable failure) {
        boolean lost = false;
        for (Throwable link : Causes.chain(failure)) {
            lost |= link instanceof IOException || link.getClass().getName().equals(LOST_REQUEST);
        }
        return lost && isOne(failure);
    }

    private static boolean isOfSpring(Throwable failure) {
        for (Throwable link : Causes.chain(failure)) {
            if (startsWithOne(link.getClass().getName(), SPRING) || isThrownBy(link, SPRING)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isThrownByClient(Throwable link) {
        return link instanceof IOException && isThrownBy(link, CLIENTS);
    }

    private static boolean isThrownBy(Throwable link, List<String> packages) {
        for (StackTraceElement frame : Causes.stackTrace(link)) {
            if (startsWithOne(frame.getClassName(), packages)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWithOne(String name, List<String> prefixes) {
        for (String prefix : prefixes) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
