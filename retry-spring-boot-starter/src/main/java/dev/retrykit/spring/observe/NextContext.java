package dev.retrykit.spring.observe;

import dev.retrykit.spring.registry.UnusedConfiguration.Next;
import java.util.Map;

/**
 * Detects whether the context that starts on this thread belongs to another one. A context does not know its children,
 * so the stack is searched for their creator.
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
