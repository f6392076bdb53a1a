/** The annotations a user writes. No Spring types here. */
@NullMarked
package dev.retrykit.annotation;

import org.jspecify.annotations.NullMarked;
