package dev.retrykit.sample.fault;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** An HTTP service on a local port with configurable faults. It is running before the shop accepts requests. */
public final class FaultyService implements SmartLifecycle {

    /** More threads than the shop has request threads, so that only configured faults make a service slow. */
    private static final int THREADS = 256;

    static {
        // Read once by the JDK's server. Without it, a response on a kept-alive connection waits 40 ms for a delayed
        // ACK.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final String name;
    private final int port;
    private final String path;
    private final FaultyHandler handler;
    private volatile @Nullable Running running;

    FaultyService(String name, int port, String path, Function<String, String> answers, Dice dice) {
        this.name = name;
        this.port = port;
        this.path = path;
        this.handler = new FaultyHandler(path, answers, dice);
    }

    String name() {
        return name;
    }

    /** Returns the current URL. */
    public String url() {
        Running now = running;
        if (now == null) {
            throw new IllegalStateException("the " + name + " service is not running");
        }
        return "http://localhost:" + now.server.getAddress().getPort();
    }

    void faults(Faults next) {
        handler.faults(next);
    }

    void reset() {
        handler.reset();
    }

    FaultReport report() {
        return handler.report(name);
    }

    @Override
    public void start() {
        HttpServer server = bind();
        ExecutorService threads = threads();
        server.setExecutor(threads);
        server.createContext(path, handler);
        server.start();
        running = new Running(server, threads);
    }

    @Override
    public void stop() {
        Running last = running;
        if (last != null) {
            running = null;
            last.threads.shutdownNow();
            last.server.stop(0);
        }
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }

    /** Far below the phase of the shop's web server, which therefore starts later and stops earlier. */
    @Override
    public int getPhase() {
        return 0;
    }

    private HttpServer bind() {
        try {
            return HttpServer.create(new InetSocketAddress("localhost", port), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "the " + name + " service cannot listen on port " + port + ". Set shop." + name
                            + ".port to a free port.",
                    failure);
        }
    }

    private ExecutorService threads() {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name + "-service");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private record Running(HttpServer server, ExecutorService threads) {}
}
