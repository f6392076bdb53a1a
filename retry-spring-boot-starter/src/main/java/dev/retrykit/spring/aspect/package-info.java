/** Annotated methods: resolved once at startup, then called through the engine. */
@NullMarked
package dev.retrykit.spring.aspect;

import org.jspecify.annotations.NullMarked;
