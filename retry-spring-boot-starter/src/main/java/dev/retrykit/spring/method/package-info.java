/** Annotated methods: resolved once at start, then called through the engine. */
@NullMarked
package dev.retrykit.spring.method;

import org.jspecify.annotations.NullMarked;
