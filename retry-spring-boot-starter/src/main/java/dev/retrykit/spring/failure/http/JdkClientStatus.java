package dev.retrykit.spring.failure.http;

import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** Reads the responses of the JDK's {@code HttpClient}, which returns all of them as values. */
public final class JdkClientStatus implements StatusReader {

    /** Creates a reader. */
    public JdkClientStatus() {}

    @Override
    public @Nullable Answer answer(Object outcome) {
        return outcome instanceof HttpResponse<?> answer
                ? Answer.of(answer.statusCode(), answer.headers()::allValues)
                : null;
    }

    @Override
    public boolean reads(Class<?> type) {
        return HttpResponse.class.isAssignableFrom(type);
    }
}
