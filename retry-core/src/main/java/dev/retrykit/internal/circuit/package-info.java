/** What a circuit counts, and when that opens or closes it. Not exported. */
@NullMarked
package dev.retrykit.internal.circuit;

import org.jspecify.annotations.NullMarked;
