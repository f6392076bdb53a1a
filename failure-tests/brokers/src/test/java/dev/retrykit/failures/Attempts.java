package dev.retrykit.failures;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.InetAddress;
import java.net.ServerSocket;

/** How rows get real failures. */
final class Attempts {

    private Attempts() {}

    /** What may fail in any way. */
    @FunctionalInterface
    interface Attempt {

        void run() throws Throwable;
    }

    /** What an attempt fails with; an interruption that the attempt has set doesn't last. */
    static Throwable failureOf(Attempt attempt) {
        try {
            attempt.run();
        } catch (Throwable failure) {
            Thread.interrupted();
            return failure;
        }
        throw new AssertionError("It didn't fail.");
    }

    /** A failure whose class, or whose constructor, isn't public. */
    static Throwable hidden(String type, String message) {
        try {
            Constructor<?> constructor = Class.forName(type).getDeclaredConstructor(String.class);
            constructor.setAccessible(true);
            return (Throwable) constructor.newInstance(message);
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A port of the loopback on which nothing listens. */
    static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
