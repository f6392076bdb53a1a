/** One value per key, bounded in number. Not exported. */
@NullMarked
package dev.retrykit.internal.keyed;

import org.jspecify.annotations.NullMarked;
