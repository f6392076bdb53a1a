package dev.retrykit.internal.timer;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Creates daemon threads that keep nothing of the thread that happens to need them first: no context class loader, no
 * thread group of an application, no inheritable thread-locals, no priority, no access control context.
 */
final class DaemonThreads implements ThreadFactory {

    private final String name;
    private final AtomicInteger made = new AtomicInteger();

    DaemonThreads(String name) {
        this.name = name;
    }

    @Override
    public Thread newThread(Runnable task) {
        return free(() -> new Thread(rootGroup(), task, name + "-" + made.incrementAndGet(), 0, false));
    }

    /** Creates a thread that can be recognized as the timer's. */
    TimerThread timer(Runnable task) {
        return free(() -> new TimerThread(rootGroup(), task, name));
    }

    /**
     * A thread also keeps its creator's access control context, and with it the class loaders of all classes on the
     * creator's stack.
     */
    @SuppressWarnings("removal") // there is no other way to drop it as long as it exists
    private static <T extends Thread> T free(PrivilegedAction<T> making) {
        T thread = AccessController.doPrivileged(making);
        thread.setContextClassLoader(null);
        thread.setDaemon(true);
        thread.setPriority(Thread.NORM_PRIORITY);
        return thread;
    }

    private static ThreadGroup rootGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    /** The thread of a timer. */
    static final class TimerThread extends Thread {

        TimerThread(ThreadGroup group, Runnable task, String name) {
            super(group, task, name, 0, false);
        }
    }
}
