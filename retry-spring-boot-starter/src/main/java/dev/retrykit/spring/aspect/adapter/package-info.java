/** Adapters that call methods by their return type, and fallbacks for calls that have failed. */
@NullMarked
package dev.retrykit.spring.aspect.adapter;

import org.jspecify.annotations.NullMarked;
