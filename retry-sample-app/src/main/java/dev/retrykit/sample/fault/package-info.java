/** The services that the shop calls, with their fault switches. A real application has none of this. */
@NullMarked
package dev.retrykit.sample.fault;

import org.jspecify.annotations.NullMarked;
