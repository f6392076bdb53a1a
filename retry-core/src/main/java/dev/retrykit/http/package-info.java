/** What HTTP responses say about trying again. Without any client: headers come in as lines of text. */
@NullMarked
package dev.retrykit.http;

import org.jspecify.annotations.NullMarked;
