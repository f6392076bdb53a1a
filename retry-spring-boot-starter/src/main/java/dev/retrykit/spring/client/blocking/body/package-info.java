/** Bodies of requests that may be sent again, and of responses that are discarded. */
@NullMarked
package dev.retrykit.spring.client.blocking.body;

import org.jspecify.annotations.NullMarked;
