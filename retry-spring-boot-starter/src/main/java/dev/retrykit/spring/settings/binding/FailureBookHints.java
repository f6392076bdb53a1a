package dev.retrykit.spring.settings.binding;

import dev.retrykit.failure.book.BookLine;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.spring.settings.RetrykitProperties;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;

/**
 * Registers what a native image must keep: the failure book, the classes it names, and the classes that settings are
 * bound to.
 */
final class FailureBookHints implements RuntimeHintsRegistrar {

    private static final String CHAPTERS = "dev/retrykit/failure/book/*";

    /** Called by Spring during ahead-of-time processing. */
    FailureBookHints() {}

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern(CHAPTERS);
        BindableRuntimeHintsRegistrar.forTypes(RetrykitProperties.class).registerHints(hints);
        FailureBook book = FailureBook.standard();
        for (BookLine line : book.lines()) {
            Class<?> type = FailureHints.find(line.type(), classLoader);
            if (type != null) {
                FailureHints.register(hints.reflection(), book, type);
            }
        }
    }
}
