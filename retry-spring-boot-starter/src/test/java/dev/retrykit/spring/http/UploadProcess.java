package dev.retrykit.spring.http;

import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.core.io.FileSystemResource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;

/** Sends large bodies in each way, to a guarded host and to one that no guard names, and counts what arrives. */
final class UploadProcess {

    private static final long SIZE = 600L * 1024 * 1024;

    private static final String YML = """
            retrykit:
              policies: { stock: { max-attempts: 3, idempotency-key: auto, budget: { unlimited: true } } }
              http.guards: [ { host: localhost, policy: stock } ]
            """;

    private final File file;
    private final List<Long> received = new CopyOnWriteArrayList<>();
    private HttpServer server;

    private UploadProcess(File file) {
        this.file = file;
    }

    /** Takes a transport and a directory. */
    public static void main(String[] arguments) throws Exception {
        UploadProcess process = new UploadProcess(UploadTests.sparse(Path.of(arguments[1]), SIZE));
        process.listen();
        String transport = arguments[0];
        HttpApps.with(YML, new ArrayList<>())
                .withPropertyValues(
                        "spring.http.clients.imperative.factory=" + transport,
                        "spring.http.clients.reactive.connector=" + (transport.equals("simple") ? "jdk" : transport))
                .run(context -> process.uploadAll(context, transport));
        System.exit(0);
    }

    private void listen() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/", exchange -> {
            try (exchange) {
                received.add(UploadTests.drain(exchange.getRequestBody()));
                exchange.sendResponseHeaders(200, -1);
            } catch (Exception broken) {
                throw new java.io.IOException(broken);
            }
        });
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    private void uploadAll(ApplicationContext context, String transport) {
        Map<String, Upload> uploads = uploads(context, transport);
        for (String host : List.of("127.0.0.1", "localhost")) {
            String url = "http://" + host + ":" + server.getAddress().getPort() + "/upload";
            uploads.forEach((name, upload) -> {
                received.clear();
                upload.to(url);
                boolean once = received.size() == 1 && received.get(0) >= SIZE && received.get(0) < SIZE + 10_000;
                System.out.println((once ? "ok " : "WRONG ") + name + " to " + host + ": " + received);
                if (!once) {
                    System.exit(1);
                }
            });
        }
        System.out.println("UPLOADED ALL OF " + transport);
    }

    /** A way to send the file. */
    @FunctionalInterface
    private interface Upload {
        void to(String url);
    }

    private Map<String, Upload> uploads(ApplicationContext context, String transport) {
        RestClient client = context.getBean(RestClient.Builder.class).build();
        RestTemplate template = context.getBean(RestTemplateBuilder.class).build();
        WebClient reactive = context.getBean(WebClient.Builder.class).build();
        StreamingHttpOutputMessage.Body body = this::write;
        Map<String, Upload> uploads = new LinkedHashMap<>();
        uploads.put("RestClient, file", url -> put(client, url, null, new FileSystemResource(file)));
        uploads.put(
                "RestClient, body",
                url -> client.put().uri(url).body(body).retrieve().toBodilessEntity());
        uploads.put("RestClient, multipart", url -> put(client, url, MediaType.MULTIPART_FORM_DATA, parts()));
        uploads.put("RestTemplate, file", url -> template.put(url, new FileSystemResource(file)));
        uploads.put(
                "RestTemplate, callback",
                url -> template.execute(
                        url,
                        HttpMethod.PUT,
                        request -> ((StreamingHttpOutputMessage) request).setBody(body),
                        response -> null));
        if (!transport.equals("simple")) {
            uploads.put(
                    "WebClient, file",
                    url -> reactive.put()
                            .uri(url)
                            .body(BodyInserters.fromResource(new FileSystemResource(file)))
                            .retrieve()
                            .toBodilessEntity()
                            .block());
            uploads.put(
                    "WebClient, multipart",
                    url -> reactive.put()
                            .uri(url)
                            .body(BodyInserters.fromMultipartData(parts()))
                            .retrieve()
                            .toBodilessEntity()
                            .block());
        }
        return uploads;
    }

    private MultiValueMap<String, Object> parts() {
        MultiValueMap<String, Object> parts = new LinkedMultiValueMap<>();
        parts.add("file", new FileSystemResource(file));
        return parts;
    }

    private static void put(RestClient client, String url, MediaType type, Object body) {
        RestClient.RequestBodySpec request = client.put().uri(url);
        (type == null ? request : request.contentType(type))
                .body(body)
                .retrieve()
                .toBodilessEntity();
    }

    private void write(OutputStream out) throws java.io.IOException {
        byte[] part = new byte[65536];
        for (long left = SIZE; left > 0; left -= part.length) {
            out.write(part);
        }
    }
}
