/** What the endpoint needs of MVC and WebFlux: request bodies, CSRF tokens, media types. */
@NullMarked
package dev.retrykit.spring.actuate.web;

import org.jspecify.annotations.NullMarked;
