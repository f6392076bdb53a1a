/** Retry budgets, which limit the load that retries add to a dependency. */
@NullMarked
package dev.retrykit.budget;

import org.jspecify.annotations.NullMarked;
