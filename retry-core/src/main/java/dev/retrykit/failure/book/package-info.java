/**
 * The failure book: what the failures of libraries mean, as lines of text that name their classes. It depends on none
 * of these libraries.
 */
@NullMarked
package dev.retrykit.failure.book;

import org.jspecify.annotations.NullMarked;
