/** The validation of all settings. Shared by the policies, not exported. */
@NullMarked
package dev.retrykit.internal.validation;

import org.jspecify.annotations.NullMarked;
