/** One value per key, for a bounded number of keys. Not exported. */
@NullMarked
package dev.retrykit.internal.keyed;

import org.jspecify.annotations.NullMarked;
