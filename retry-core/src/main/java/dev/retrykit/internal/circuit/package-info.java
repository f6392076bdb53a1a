/** The counts of a circuit, and the rules by which they open or close it. Not exported. */
@NullMarked
package dev.retrykit.internal.circuit;

import org.jspecify.annotations.NullMarked;
