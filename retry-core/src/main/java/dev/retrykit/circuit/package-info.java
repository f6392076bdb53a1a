/** Circuits, which stop calls to a dependency that is down, probe it, and recover. */
@NullMarked
package dev.retrykit.circuit;

import org.jspecify.annotations.NullMarked;
