/** Retry, backoff, jitter, retry budgets and circuits, independent of any framework. */
module dev.retrykit.core {
    requires static transitive org.jspecify;
    requires static java.sql;

    exports dev.retrykit;
    exports dev.retrykit.annotation;
    exports dev.retrykit.backoff;
    exports dev.retrykit.budget;
    exports dev.retrykit.circuit;
    exports dev.retrykit.event;
    exports dev.retrykit.failure;
    exports dev.retrykit.failure.book;
    exports dev.retrykit.function;
    exports dev.retrykit.http;
    exports dev.retrykit.time;
}
