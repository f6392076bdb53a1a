/** HTTP statuses and broken responses of clients. */
@NullMarked
package dev.retrykit.spring.failure.http;

import org.jspecify.annotations.NullMarked;
