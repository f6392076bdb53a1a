/** Retry budgets: how many retries a dependency may be burdened with. */
@NullMarked
package dev.retrykit.budget;

import org.jspecify.annotations.NullMarked;
