/** The shared timer of this JVM, and the threads on which foreign code runs instead. Not exported. */
@NullMarked
package dev.retrykit.internal.timer;

import org.jspecify.annotations.NullMarked;
