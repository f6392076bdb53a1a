/** The permits that the running attempts of a thread hold. Not exported. */
@NullMarked
package dev.retrykit.internal.thread;

import org.jspecify.annotations.NullMarked;
