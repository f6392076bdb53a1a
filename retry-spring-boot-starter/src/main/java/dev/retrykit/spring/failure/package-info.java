/** What failures mean that aren't the JDK's: of HTTP, gRPC and Netty, of data access, and of the caller itself. */
@NullMarked
package dev.retrykit.spring.failure;

import org.jspecify.annotations.NullMarked;
