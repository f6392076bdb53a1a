/** Reads the exceptions of libraries that this one does not depend on. Not exported. */
@NullMarked
package dev.retrykit.internal.foreign;

import org.jspecify.annotations.NullMarked;
