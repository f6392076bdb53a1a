/** HTTP clients: what is done to their requests, and what their answers and failures tell the engine. */
@NullMarked
package dev.retrykit.spring.client;

import org.jspecify.annotations.NullMarked;
