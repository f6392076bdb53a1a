/** The events of calls and attempts, and the listeners that receive them. */
@NullMarked
package dev.retrykit.event;

import org.jspecify.annotations.NullMarked;
