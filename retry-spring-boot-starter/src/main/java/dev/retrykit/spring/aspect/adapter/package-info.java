/** How methods are called, by what they return; and what answers when a call has failed. */
@NullMarked
package dev.retrykit.spring.aspect.adapter;

import org.jspecify.annotations.NullMarked;
