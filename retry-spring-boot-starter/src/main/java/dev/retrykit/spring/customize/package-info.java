/** Beans by which an application customizes what properties and annotations cannot express. */
@NullMarked
package dev.retrykit.spring.customize;

import org.jspecify.annotations.NullMarked;
