package dev.retrykit;

import dev.retrykit.failure.PeerBusyException;

/**
 * Which calls wait when a server asks for time. The server is identified by its host or, if no host is known, by the
 * circuit of the call.
 */
public enum RetryAfterSharing {

    /** The retries of all calls to the server: none starts before that time is over. */
    RETRIES,

    /** First attempts too: their requests to the server are rejected with a {@link PeerBusyException}. */
    ALL,

    /** Only the call that received the response. */
    OFF
}
