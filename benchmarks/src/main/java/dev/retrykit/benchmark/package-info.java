/** What a call costs in time and in bytes, beside other libraries in the same run. */
package dev.retrykit.benchmark;
