package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.SharedReactorResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** An application on a real socket whose endpoints have keys, and somebody who calls it. */
public final class Shop implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final ConfigurableApplicationContext context;

    private Shop(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Starts one with a store in memory, or with whatever the settings say. */
    public static Shop start(WebApplicationType type, Map<String, Object> settings, Class<?>... parts) {
        Map<String, Object> all = new LinkedHashMap<>(Map.of(
                "server.port", "0",
                "server.shutdown", "immediate",
                "server.address", "127.0.0.1",
                "retrykit.idempotency.store", "memory"));
        all.putAll(settings);
        return new Shop(new SpringApplicationBuilder(Application.class)
                .sources(parts)
                .web(type)
                .bannerMode(Banner.Mode.OFF)
                .initializers(new SharedReactorResources())
                .properties(all)
                .run());
    }

    public String url(String path) {
        return "http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port") + path;
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** A JSON body, posted with a key; null for none. */
    public HttpResponse<byte[]> post(String path, String key, String json, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url(path)))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json));
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    public static HttpResponse<byte[]> send(HttpRequest request) {
        try {
            return CLIENT.send(request, BodyHandlers.ofByteArray());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        context.close();
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {}
}
