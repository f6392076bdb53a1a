package dev.retrykit.spring.idempotency.endpoint.servlet;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.web.MockMultipartFile;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.multipart.MultipartResolver;
import org.springframework.web.multipart.support.DefaultMultipartHttpServletRequest;

/** Uploads that the application takes apart itself. */
@Tag("server")
class OwnMultipartTests {

    private static final AtomicInteger calls = new AtomicInteger();

    @RestController
    static class Controller {

        @Idempotent
        @PostMapping("/upload")
        String upload(@RequestParam("file") MultipartFile file) throws IOException {
            return new String(file.getBytes(), StandardCharsets.UTF_8) + " run " + calls.incrementAndGet();
        }
    }

    /** Knows uploads of one file, which is all that there is. */
    static class OwnResolver implements MultipartResolver {

        @Override
        public boolean isMultipart(HttpServletRequest request) {
            String type = request.getContentType();
            return type != null && type.startsWith("multipart/");
        }

        @Override
        public MultipartHttpServletRequest resolveMultipart(HttpServletRequest request) {
            try {
                String all = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                String content = all.substring(all.indexOf("\r\n\r\n") + 4, all.lastIndexOf("\r\n--"));
                MultiValueMap<String, MultipartFile> files = new LinkedMultiValueMap<>();
                files.add("file", new MockMultipartFile("file", content.getBytes(StandardCharsets.UTF_8)));
                return new DefaultMultipartHttpServletRequest(request, files, Map.of(), Map.of());
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }

        @Override
        public void cleanupMultipart(MultipartHttpServletRequest request) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class Resolver {

        @Bean
        MultipartResolver multipartResolver() {
            return new OwnResolver();
        }
    }

    private static Exchange upload(Exchange to, String boundary, String content) {
        return to.body(
                "multipart/form-data; boundary=" + boundary,
                "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n" + content
                        + "\r\n--" + boundary + "--\r\n");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void comparesWhatTheResolverShows(boolean containerTakesUploads) {
        try (Shop shop = Shop.start(
                WebApplicationType.SERVLET,
                Map.of("spring.servlet.multipart.enabled", String.valueOf(containerTakesUploads)),
                Resolver.class,
                Controller.class)) {
            Exchange to = Exchange.post(shop, "/upload").key(UUID.randomUUID().toString());
            HttpResponse<byte[]> first = upload(to, "b1", "one").send();
            assertThat(text(first)).startsWith("one run ");
            assertReplay(first, upload(to, "b2", "one").send());
            assertProblem(upload(to, "b1", "two").send(), 422, "used for a different request");
        }
    }
}
