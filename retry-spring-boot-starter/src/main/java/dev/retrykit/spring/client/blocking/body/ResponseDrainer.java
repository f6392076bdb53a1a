package dev.retrykit.spring.client.blocking.body;

import dev.retrykit.spring.client.DrainLimit;
import dev.retrykit.spring.client.tracking.ConnectionUse;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Reads the remains of discarded responses for a short time, on a few dedicated threads that end when idle. If all
 * threads are busy, connections are aborted immediately.
 */
final class ResponseDrainer {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    private static final AtomicBoolean WARNED = new AtomicBoolean();

    /** The response of the JDK's HttpURLConnection: closing its stream reads no more than has been received. */
    private static final String SIMPLE = "org.springframework.http.client.SimpleClientHttpResponse";

    private static final int THREADS = 4;
    private static final int CHUNK = 8192;

    private ResponseDrainer() {}

    /** Created on first use. */
    private static final class Threads {

        static final Executor EXECUTOR =
                new ThreadPoolExecutor(0, THREADS, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(null, task, "retrykit-drain", 0, false);
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Returns the executor of the dedicated threads. */
    static Executor threads() {
        return Threads.EXECUTOR;
    }

    /** Drains or aborts a response, without waiting. */
    static void begin(ClientHttpResponse response, ConnectionUse use, Executor threads) {
        if (response.getClass().getName().equals(SIMPLE)) {
            closeBody(response);
            return;
        }
        try {
            threads.execute(use.canAbort() ? () -> drain(response, use) : () -> closeBody(response));
        } catch (RejectedExecutionException busy) {
            abort(response, use);
        }
    }

    /** Without an abort operation, closing the response might wait for the server. */
    private static void abort(ClientHttpResponse response, ConnectionUse use) {
        if (use.canAbort()) {
            use.abort();
            closeBody(response);
        } else if (WARNED.compareAndSet(false, true)) {
            LOG.warn("Responses that a retry replaces are left open: "
                    + response.getClass().getName()
                    + " cannot abort a connection, and " + THREADS
                    + " threads already wait for servers that do not end their responses. The connection pool"
                    + " of this client may be exhausted. Set a read timeout (spring.http.clients.read-timeout),"
                    + " or create the client with Spring Boot's builders. (Logged once.)");
        }
    }

    /** Reads the response; the timer aborts the connection, which ends a blocked read. */
    private static void drain(ClientHttpResponse response, ConnectionUse use) {
        DrainLimit limit = DrainLimit.begin(use::abort);
        try {
            InputStream body = response.getBody();
            byte[] chunk = new byte[CHUNK];
            int count = body.read(chunk);
            while (count >= 0 && limit.tryRead(count)) {
                count = body.read(chunk);
            }
            if (count < 0 && limit.tryFinish()) {
                response.close();
                return;
            }
        } catch (IOException | RuntimeException lost) {
            limit.abort();
        }
        closeBody(response);
    }

    /** With most transports, closing the body aborts the connection or reads no more than has been received. */
    private static void closeBody(ClientHttpResponse response) {
        try {
            response.getBody().close();
        } catch (IOException | RuntimeException closed) {
            // closed already
        }
    }
}
