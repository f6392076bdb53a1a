/** Makes policies of layers of settings, and says where each value comes from. */
@NullMarked
package dev.retrykit.spring.settings.resolution;

import org.jspecify.annotations.NullMarked;
