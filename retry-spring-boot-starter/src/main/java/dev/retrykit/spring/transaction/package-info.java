/** The transactions of an attempt: whether they have written or committed, and on which failures they roll back. */
@NullMarked
package dev.retrykit.spring.transaction;

import org.jspecify.annotations.NullMarked;
