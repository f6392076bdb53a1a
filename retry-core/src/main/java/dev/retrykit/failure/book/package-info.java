/** The failure book: what the failures of libraries mean, as lines of text that name their classes. Depends on none of them. */
@NullMarked
package dev.retrykit.failure.book;

import org.jspecify.annotations.NullMarked;
