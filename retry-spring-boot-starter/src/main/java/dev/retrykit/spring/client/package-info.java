/** HTTP clients: instruments requests, and reports their responses and failures to the engine. */
@NullMarked
package dev.retrykit.spring.client;

import org.jspecify.annotations.NullMarked;
