/** The language of the failure book: its lines, the clauses that they consist of, and how lines are found. Not exported. */
@NullMarked
package dev.retrykit.internal.book;

import org.jspecify.annotations.NullMarked;
