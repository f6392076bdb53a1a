/** A small shop whose services can be made to fail, to demonstrate retries, fallbacks and circuits. */
@NullMarked
package dev.retrykit.sample;

import org.jspecify.annotations.NullMarked;
