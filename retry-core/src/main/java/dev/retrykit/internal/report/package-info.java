/** Reports what calls did to listeners, counters and inbound requests. */
@NullMarked
package dev.retrykit.internal.report;

import org.jspecify.annotations.NullMarked;
