/** Annotated methods: resolved once at start, then called through the engine. */
@NullMarked
package dev.retrykit.spring.aspect;

import org.jspecify.annotations.NullMarked;
