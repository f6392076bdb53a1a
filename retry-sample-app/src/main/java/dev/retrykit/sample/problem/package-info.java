/** Responses to failures as problem+json. */
@NullMarked
package dev.retrykit.sample.problem;

import org.jspecify.annotations.NullMarked;
