package dev.retrykit.spring.client.blocking;

import dev.retrykit.spring.client.ConnectionUse;
import dev.retrykit.spring.client.DrainLimit;
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
 * Reads what is left of answers that nobody wants, for a short time, on a few threads of its own that end when there is
 * nothing to read. If all of them are busy, connections are aborted at once.
 */
final class ResponseDrainer {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    private static final AtomicBoolean WARNED = new AtomicBoolean();

    /** The JDK's own: its streams read no more than is here when they are closed. */
    private static final String SIMPLE = "org.springframework.http.client.SimpleClientHttpResponse";

    private static final int THREADS = 4;
    private static final int CHUNK = 8192;

    private ResponseDrainer() {}

    /** Made on first use. */
    private static final class Threads {

        static final Executor EXECUTOR =
                new ThreadPoolExecutor(0, THREADS, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(null, task, "retrykit-drain", 0, false);
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** All of them. */
    static Executor threads() {
        return Threads.EXECUTOR;
    }

    /** Drains an answer, or aborts it, and waits for neither. */
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

    /** A client that can't be told to abort may wait for the peer when it is told to close. */
    private static void abort(ClientHttpResponse response, ConnectionUse use) {
        if (use.canAbort()) {
            use.abort();
            closeBody(response);
        } else if (WARNED.compareAndSet(false, true)) {
            LOG.warn("Answers that a retry replaces are left open: "
                    + response.getClass().getName()
                    + " can't be told to abort a connection, and " + THREADS
                    + " threads already wait for peers that don't end their answers. The pool of that client may run out"
                    + " of connections. Set a read timeout (spring.http.clients.read-timeout), or let Spring Boot's"
                    + " builders make the client. Said once.");
        }
    }

    /** The timer aborts the connection, which ends a read that waits. */
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

    /** Of most transports that aborts the connection, or reads no more than is here. */
    private static void closeBody(ClientHttpResponse response) {
        try {
            response.getBody().close();
        } catch (IOException | RuntimeException closed) {
            // as it was to be
        }
    }
}
