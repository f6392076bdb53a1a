/** Classifies failures other than the JDK's: of HTTP, gRPC, data access and transactions. */
@NullMarked
package dev.retrykit.spring.failure;

import org.jspecify.annotations.NullMarked;
