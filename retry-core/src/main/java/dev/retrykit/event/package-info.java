/** What calls and attempts report, and what listens to them. */
@NullMarked
package dev.retrykit.event;

import org.jspecify.annotations.NullMarked;
