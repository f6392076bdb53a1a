package dev.retrykit;

import dev.retrykit.failure.PeerBusyException;

/** Whom it concerns that a peer has asked for time: a host, or where no host is known the circuit of the call. */
public enum RetryAfterSharing {

    /** The retries of all calls to the peer: none begins before that time is over. */
    RETRIES,

    /** First attempts too: their requests to the peer are rejected with a {@link PeerBusyException}. */
    ALL,

    /** The call that was asked, and no other. */
    OFF
}
