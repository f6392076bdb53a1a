package dev.retrykit.spring.settings;

/** How annotated methods get their retries and guards. */
public enum AspectMode {

    /** Spring puts a proxy in front of each bean: calls from outside of the bean are seen, and AspectJ isn't needed. */
    PROXY,

    /**
     * AspectJ has woven the classes, when they were compiled or when they are loaded: all calls are seen, also those of an
     * object to itself, of private and final methods, and of objects that aren't beans.
     */
    ASPECTJ
}
