/** What the running attempts of a thread hold. Not exported. */
@NullMarked
package dev.retrykit.hold;

import org.jspecify.annotations.NullMarked;
