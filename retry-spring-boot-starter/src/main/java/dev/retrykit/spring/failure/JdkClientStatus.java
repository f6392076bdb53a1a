package dev.retrykit.spring.failure;

import java.net.http.HttpResponse;
import java.util.OptionalInt;

/** The JDK's {@code HttpClient}, which reports every answer as a value. */
public final class JdkClientStatus implements StatusReader {

    /** Without state. */
    public JdkClientStatus() {}

    @Override
    public OptionalInt status(Object outcome) {
        return outcome instanceof HttpResponse<?> answer ? OptionalInt.of(answer.statusCode()) : OptionalInt.empty();
    }
}
