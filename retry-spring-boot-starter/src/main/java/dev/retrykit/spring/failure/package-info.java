/** What failures mean that aren't the JDK's: those of HTTP clients, data access, and the caller itself. */
@NullMarked
package dev.retrykit.spring.failure;

import org.jspecify.annotations.NullMarked;
