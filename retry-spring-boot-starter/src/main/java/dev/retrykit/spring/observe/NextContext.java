package dev.retrykit.spring.observe;

import dev.retrykit.spring.registry.UnusedConfiguration.Next;
import java.util.Map;

/**
 * Tells whether the context that starts on this thread is made for another one. A context doesn't know its children: only who
 * makes them does, further out on the stack.
 */
final class NextContext {

    private static final Map<String, Next> MAKERS = Map.of(
            "org.springframework.boot.builder.SpringApplicationBuilder.configureAsChildIfNecessary",
            Next.CHILD,
            "org.springframework.boot.builder.SpringApplicationBuilder.runAndExtractParent",
            Next.SIBLING,
            "org.springframework.test.context.MergedContextConfiguration.getParentApplicationContext",
            Next.CHILD);

    private NextContext() {}

    static Next find() {
        return StackWalker.getInstance()
                .walk(frames -> frames.map(NextContext::madeBy)
                        .filter(next -> next != Next.NONE)
                        .findFirst()
                        .orElse(Next.NONE));
    }

    private static Next madeBy(StackWalker.StackFrame frame) {
        return MAKERS.getOrDefault(frame.getClassName() + "." + frame.getMethodName(), Next.NONE);
    }
}
