/** A small shop whose two services can be made to fail: retries, fallbacks and circuits to look at. */
@NullMarked
package dev.retrykit.sample;

import org.jspecify.annotations.NullMarked;
