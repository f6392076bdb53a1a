/** The services that the shop calls, with configurable faults. A real application has none of this. */
@NullMarked
package dev.retrykit.sample.fault;

import org.jspecify.annotations.NullMarked;
