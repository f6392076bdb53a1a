/** Runs attempts and delays, on the caller's thread or asynchronously. */
@NullMarked
package dev.retrykit.internal.drive;

import org.jspecify.annotations.NullMarked;
