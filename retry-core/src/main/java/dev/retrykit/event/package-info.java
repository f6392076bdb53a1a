/** What calls and attempts report, and the listeners that receive it. */
@NullMarked
package dev.retrykit.event;

import org.jspecify.annotations.NullMarked;
