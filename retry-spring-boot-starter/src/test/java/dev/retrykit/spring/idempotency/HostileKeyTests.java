package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Keys of people who want something else, with a real database. */
@Tag("server")
class HostileKeyTests {

    private static final AtomicInteger calls = new AtomicInteger();

    private static Shop shop;

    @BeforeAll
    static void start() {
        shop = Shop.start(
                WebApplicationType.SERVLET,
                Map.of(
                        "spring.datasource.url",
                        Servers.postgresUrl(),
                        "retrykit.idempotency.store",
                        "jdbc",
                        "retrykit.idempotency.initialize-schema",
                        "always"),
                Controller.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @RestController
    static class Controller {

        @Idempotent
        @PostMapping("/payments")
        String pay() {
            return "call " + calls.incrementAndGet();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'; DROP TABLE retrykit_idempotency; --",
                "1' OR '1'='1",
                "x\\u0000",
                "%0d%0aSet-Cookie: a=b",
                "${jndi:ldap://127.0.0.1/a}",
                "#{T(java.lang.Runtime).getRuntime()}",
                "../../../../etc/passwd",
                "{\"id\":1}",
                "retrykit:idempotency:*"
            })
    void areKeysLikeAnyOther(String text) {
        String key = text + UUID.randomUUID();
        int before = calls.get();
        HttpResponse<byte[]> first = shop.post("/payments", key, "{}");
        HttpResponse<byte[]> repeat = shop.post("/payments", key, "{}");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(repeat.body()).isEqualTo(first.body());
        assertThat(repeat.headers().map().keySet()).doesNotContain("set-cookie");
        assertThat(repeat.headers().map().toString()).doesNotContain(key);
        assertThat(calls).hasValue(before + 1);
        assertThat(shop.bean(JdbcTemplate.class)
                        .queryForObject(
                                "select count(*) from retrykit_idempotency where id like '%''%'", Integer.class))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 9, 27, 127, 133})
    void haveNoControlCharacters(int character) throws IOException {
        int before = calls.get();
        assertThat(statusLine("Idempotency-Key: a" + (char) character + "b\r\n"))
                .contains(" 400");
        assertThat(calls).hasValue(before);
    }

    @Test
    void areNotTwo() throws IOException {
        int before = calls.get();
        assertThat(statusLine("Idempotency-Key: a\r\nIDEMPOTENCY-KEY: b\r\n")).contains(" 400");
        assertThat(calls).hasValue(before);
    }

    /** As no client would send it. */
    private static String statusLine(String header) throws IOException {
        URI uri = URI.create(shop.url("/payments"));
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.getOutputStream()
                    .write(("POST /payments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n"
                                    + header + "\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return answer.lines().findFirst().orElse("");
        }
    }
}
