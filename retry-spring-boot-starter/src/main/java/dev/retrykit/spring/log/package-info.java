/** How often something is said in the log. */
@NullMarked
package dev.retrykit.spring.log;

import org.jspecify.annotations.NullMarked;
