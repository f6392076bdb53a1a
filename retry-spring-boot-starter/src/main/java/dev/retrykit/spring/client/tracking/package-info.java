/**
 * Tracks each request of an HTTP client from the moment at which it may have been sent: what its transport reports,
 * which connection it uses, whether it arrived, and whether it may be sent again at once.
 */
@NullMarked
package dev.retrykit.spring.client.tracking;

import org.jspecify.annotations.NullMarked;
