/** Clocks, sleeping and timers. The only package that touches the JDK's clocks. */
@NullMarked
package dev.retrykit.time;

import org.jspecify.annotations.NullMarked;
