/** The futures that callers get, and the stages that their code returns. Not exported. */
@NullMarked
package dev.retrykit.internal.stage;

import org.jspecify.annotations.NullMarked;
