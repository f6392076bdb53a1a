package dev.retrykit.spring.client.tracking;

/** A fact that a transport reports about one request, or whether it reports it at all. Facts are added, never withdrawn. */
public enum TransportFact {

    /** The transport follows no redirects. */
    STAYS_HERE,

    /** Nothing is sent before {@link #REACHED}. */
    TELLS_REACHED,

    /** The server may receive something from now on. */
    REACHED,

    /** The transport tells when the request is sent, which is more exact than when it reads the body. */
    TELLS_COMMITTED,

    /** The request is being sent. */
    COMMITTED,

    /** The transport tells the redirects that it follows. */
    TELLS_REDIRECTS,

    /** A redirect was followed: what comes from now on is of another server or another request. */
    REDIRECTED
}
