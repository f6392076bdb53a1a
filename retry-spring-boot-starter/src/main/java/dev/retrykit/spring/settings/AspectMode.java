package dev.retrykit.spring.settings;

/** The way in which annotations are applied to methods. */
public enum AspectMode {

    /**
     * Spring creates a proxy for each annotated bean. Only calls from outside the bean are intercepted; AspectJ is not
     * needed.
     */
    PROXY,

    /**
     * AspectJ weaves the classes, at compile time or load time. All calls are intercepted, including self-invocations,
     * calls of private and final methods, and calls on objects that are not beans.
     */
    ASPECTJ
}
