package io.confluent.kafka.schemaregistry.client.rest.exceptions;

/** Has the accessors of the class in Confluent's client, which is not on Maven Central. */
public class RestClientException extends Exception {

    private final int status;
    private final int errorCode;

    /** As in the client. */
    public RestClientException(String message, int status, int errorCode) {
        super(message + "; error code: " + errorCode);
        this.status = status;
        this.errorCode = errorCode;
    }

    public int getStatus() {
        return status;
    }

    public int getErrorCode() {
        return errorCode;
    }
}
