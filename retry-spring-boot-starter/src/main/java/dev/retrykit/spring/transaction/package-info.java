/** What transactions did: whether they wrote, whether they committed in an attempt, on what they roll back. */
@NullMarked
package dev.retrykit.spring.transaction;

import org.jspecify.annotations.NullMarked;
