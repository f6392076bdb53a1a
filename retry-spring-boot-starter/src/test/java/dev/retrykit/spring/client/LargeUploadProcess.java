package dev.retrykit.spring.client;

import dev.retrykit.annotation.Retryable;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * An application with little memory that uploads a large file in every way, plain and from a retried method, and prints what
 * came of each.
 */
final class LargeUploadProcess {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ClientMade.Built built;
    private final Path file;
    private final String url;
    private String how = "";

    private LargeUploadProcess(ClientMade.Built built, Path file, String url) {
        this.built = built;
        this.file = file;
        this.url = url + "?";
    }

    static class Uploads {

        @Retryable("keyed")
        Object upload(Callable<?> call) throws Exception {
            return call.call();
        }
    }

    /** @param args a transport, a host that is guarded, a file, and where to send it */
    public static void main(String[] args) {
        Transport transport = Transport.valueOf(args[0]);
        HttpApps.with("""
                        retrykit:
                          policies:
                            guard: { max-attempts: 3 }
                            keyed: { idempotency-key: auto }
                          http.guards: [ { host: %s, policy: guard } ]
                        """.formatted(args[1]), new ArrayList<>())
                .withPropertyValues(transport.properties())
                .withBean(ClientMade.Built.class)
                .withBean(Uploads.class)
                .run(app -> {
                    LargeUploadProcess uploads =
                            new LargeUploadProcess(app.getBean(ClientMade.Built.class), Path.of(args[2]), args[3]);
                    for (String client : clients(transport)) {
                        for (String kind : List.of("file", "stream", "multipart")) {
                            uploads.print(client, kind, "plain", () -> uploads.upload(client, kind));
                            uploads.print(
                                    client,
                                    kind,
                                    "retried",
                                    () -> app.getBean(Uploads.class).upload(() -> uploads.upload(client, kind)));
                        }
                    }
                });
        System.exit(0);
    }

    private static List<String> clients(Transport transport) {
        return transport.isReactive()
                ? List.of("RestClient", "RestTemplate", "WebClient")
                : List.of("RestClient", "RestTemplate");
    }

    private void print(String client, String kind, String how, Callable<Object> upload) {
        this.how = how;
        String result;
        try {
            result = String.valueOf(upload.call());
        } catch (Throwable failure) {
            result = failure.toString().lines().findFirst().orElse("");
        }
        System.out.println("UPLOAD " + client + " " + kind + " " + how + ": " + result);
    }

    private Object upload(String client, String kind) {
        return switch (client) {
            case "RestClient" -> restClient(kind);
            case "RestTemplate" -> restTemplate(kind);
            default -> webClient(kind);
        };
    }

    private Object restClient(String kind) {
        RestClient client = built.restClient;
        RestClient.RequestBodySpec request = switch (kind) {
            case "file" ->
                client.put()
                        .uri(url + how)
                        .contentType(MediaType.APPLICATION_OCTET_STREAM)
                        .body(new FileSystemResource(file));
            case "stream" -> client.put().uri(url + how).body(this::copy);
            default ->
                client.post()
                        .uri(url + how)
                        .contentType(MediaType.MULTIPART_FORM_DATA)
                        .body(parts());
        };
        return request.retrieve().body(String.class);
    }

    private Object restTemplate(String kind) {
        RestTemplate client = built.restTemplate;
        HttpHeaders headers = new HttpHeaders();
        return switch (kind) {
            case "file" -> {
                headers.setContentType(MediaType.APPLICATION_OCTET_STREAM);
                yield client.exchange(
                                url + how,
                                HttpMethod.PUT,
                                new HttpEntity<>(new FileSystemResource(file), headers),
                                String.class)
                        .getBody();
            }
            case "stream" ->
                client.execute(
                        url + how,
                        HttpMethod.PUT,
                        this::write,
                        response -> new String(response.getBody().readAllBytes()));
            default -> {
                headers.setContentType(MediaType.MULTIPART_FORM_DATA);
                yield client.postForObject(url + how, new HttpEntity<>(parts(), headers), String.class);
            }
        };
    }

    private void write(ClientHttpRequest request) throws IOException {
        if (request instanceof StreamingHttpOutputMessage streaming) {
            streaming.setBody(this::copy);
        } else {
            copy(request.getBody());
        }
    }

    private Object webClient(String kind) {
        WebClient client = built.webClient;
        WebClient.RequestHeadersSpec<?> request = switch (kind) {
            case "file" -> client.put().uri(url + how).body(BodyInserters.fromResource(new FileSystemResource(file)));
            case "stream" ->
                client.put()
                        .uri(url + how)
                        .body(
                                DataBufferUtils.read(
                                        new FileSystemResource(file), new DefaultDataBufferFactory(), 64 * 1024),
                                DataBuffer.class);
            default -> client.post().uri(url + how).body(BodyInserters.fromMultipartData(parts()));
        };
        return request.retrieve().bodyToMono(String.class).block(PATIENCE);
    }

    private void copy(OutputStream out) throws IOException {
        Files.copy(file, out);
    }

    private MultiValueMap<String, Object> parts() {
        MultiValueMap<String, Object> parts = new LinkedMultiValueMap<>();
        parts.add("file", new FileSystemResource(file));
        return parts;
    }

    static Process start(Transport transport, String guarded, Path file, String url, File output) throws IOException {
        return new ProcessBuilder(
                        new File(System.getProperty("java.home"), "bin/java").getPath(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeUploadProcess.class.getName(),
                        transport.name(),
                        guarded,
                        file.toString(),
                        url)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
    }
}
