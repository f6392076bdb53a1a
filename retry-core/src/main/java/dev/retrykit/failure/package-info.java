/** What a failure means: is it transient, and what does it tell about the dependency? */
@NullMarked
package dev.retrykit.failure;

import org.jspecify.annotations.NullMarked;
