package dev.retrykit.spring.failure;

import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** The JDK's {@code HttpClient}, which reports every answer as a value. */
public final class JdkClientStatus implements StatusReader {

    /** Without state. */
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
