/** The parts of MVC and WebFlux that the endpoint needs: request bodies, CSRF tokens, media types. */
@NullMarked
package dev.retrykit.spring.actuate.web;

import org.jspecify.annotations.NullMarked;
