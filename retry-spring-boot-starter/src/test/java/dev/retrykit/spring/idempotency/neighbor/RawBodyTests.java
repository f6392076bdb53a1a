package dev.retrykit.spring.idempotency.neighbor;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.idempotency.Shop;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;

/** With a key a handler reads exactly what it reads without one. */
@Tag("server")
class RawBodyTests {

    private static final String FORM = "application/x-www-form-urlencoded";

    abstract static class Contract {

        private final String key = UUID.randomUUID().toString();

        abstract Shop shop();

        private HttpResponse<byte[]> send(String method, String path, String type, String body, boolean withKey) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(shop().url(path)))
                    .header("Content-Type", type)
                    .method(method, BodyPublishers.ofString(body));
            if (withKey) {
                request.header("Idempotency-Key", key);
            }
            return BoundedClient.send(request.build());
        }

        void assertReadsTheSame(String method, String path, String type, String body, String other) {
            HttpResponse<byte[]> without = send(method, path, type, body, false);
            assertThat(without.statusCode()).as(text(without)).isEqualTo(200);
            HttpResponse<byte[]> first = send(method, path, type, body, true);
            assertThat(text(first)).isEqualTo(text(without));
            assertThat(first.statusCode()).isEqualTo(200);
            assertReplay(first, send(method, path, type, body, true));
            assertProblem(send(method, path, type, other, true), 422, "used for a different request");
        }

        void assertReadsTheForm(String method, String path) {
            assertReadsTheSame(method, path, FORM, "a=1&b=%C3%A4&a=2", "a=1&b=%C3%A4&a=3");
        }

        void assertReadsTheUpload(String path) {
            assertReadsTheSame("POST", path, "multipart/form-data; boundary=x", upload("text"), upload("other"));
        }

        private static String upload(String content) {
            return "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n"
                    + "Content-Type: text/plain\r\n\r\n" + content
                    + "\r\n--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--x--\r\n";
        }
    }

    abstract static class Mvc extends Contract {

        @ParameterizedTest
        @CsvSource({
            "POST, /parameters",
            "POST, /parameters?a=0&c=9",
            "POST, /string",
            "POST, /bytes",
            "POST, /fields",
            "POST, /stream",
            "POST, /stream?a=0&c=9",
            "POST, /reader",
            "POST, /reader?a=0&c=9",
            "POST, /map",
            "POST, /map?a=0&c=9",
            "POST, /model",
            "POST, /model?a=0&c=9",
            "POST, /parameter-and-string",
            "PUT, /parameters",
            "PUT, /parameters?a=0&c=9",
            "PUT, /stream"
        })
        void readsForms(String method, String path) {
            assertReadsTheForm(method, path);
        }

        @ParameterizedTest
        @CsvSource({"/file", "/parts", "/file?note=before"})
        void readsUploads(String path) {
            assertReadsTheUpload(path);
        }

        @ParameterizedTest
        @CsvSource({"/string", "/bytes", "/stream", "/reader"})
        void readsText(String path) {
            assertReadsTheSame("POST", path, "text/plain;charset=UTF-8", "ä text", "another text");
        }
    }

    abstract static class WebFlux extends Contract {

        @ParameterizedTest
        @CsvSource({
            "POST, /form-data",
            "POST, /form-data?a=0&c=9",
            "POST, /buffers",
            "POST, /buffers?a=0&c=9",
            "POST, /model",
            "POST, /model?a=0&c=9",
            "POST, /form-data-and-parameter?a=0&c=9",
            "PUT, /form-data",
            "PUT, /buffers"
        })
        void readsForms(String method, String path) {
            assertReadsTheForm(method, path);
        }

        @ParameterizedTest
        @CsvSource({"/multipart-data", "/file"})
        void readsUploads(String path) {
            assertReadsTheUpload(path);
        }

        @ParameterizedTest
        @CsvSource({"/string", "/bytes", "/buffers"})
        void readsText(String path) {
            assertReadsTheSame("POST", path, "text/plain;charset=UTF-8", "ä text", "another text");
        }
    }

    @Nested
    class InMvc extends Mvc {

        /** Not even without a key once the hidden-method filter has read the form. */
        @ParameterizedTest
        @CsvSource({"/string?a=0&c=9", "/bytes?a=0&c=9", "/fields?a=0&c=9"})
        void readsFormsAsBodiesBesideAQuery(String path) {
            assertReadsTheForm("POST", path);
        }

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(WebApplicationType.SERVLET, Map.of(), MvcReaders.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }
    }

    @Nested
    class InMvcWithHiddenMethods extends Mvc {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(
                    WebApplicationType.SERVLET,
                    Map.of("spring.mvc.hiddenmethod.filter.enabled", "true"),
                    MvcReaders.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }

        @ParameterizedTest
        @CsvSource({"/parameters", "/parameters?a=0&c=9", "/map", "/model"})
        void readsFormsWithAHiddenMethod(String path) {
            assertReadsTheSame("POST", path, FORM, "_method=put&a=1&b=2", "_method=put&a=1&b=3");
        }
    }

    @Nested
    class InWebFlux extends WebFlux {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(WebApplicationType.REACTIVE, Map.of(), FluxReaders.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }
    }

    @Nested
    class InWebFluxWithHiddenMethods extends WebFlux {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(
                    WebApplicationType.REACTIVE,
                    Map.of("spring.webflux.hiddenmethod.filter.enabled", "true"),
                    FluxReaders.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }

        @ParameterizedTest
        @CsvSource({"/form-data", "/form-data?a=0&c=9", "/model"})
        void readsFormsWithAHiddenMethod(String path) {
            assertReadsTheSame("POST", path, FORM, "_method=put&a=1&b=2", "_method=put&a=1&b=3");
        }
    }
}
