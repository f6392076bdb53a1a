/** The information in HTTP responses about retries. Independent of any client: headers are passed as lines of text. */
@NullMarked
package dev.retrykit.http;

import org.jspecify.annotations.NullMarked;
