/** The one timer of this JVM, and the threads on which code of others runs in its place. Not exported. */
@NullMarked
package dev.retrykit.internal.timer;

import org.jspecify.annotations.NullMarked;
