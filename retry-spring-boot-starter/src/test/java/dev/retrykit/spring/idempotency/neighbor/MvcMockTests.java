package dev.retrykit.spring.idempotency.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import dev.retrykit.spring.idempotency.neighbor.Ledger.Behavior;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Order;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;

/** An application's own tests by MockMvc, which has no container that orders filters. */
@Tag("server")
@SpringBootTest(
        classes = MvcMockTests.Application.class,
        properties = {"retrykit.idempotency.store=memory", "spring.main.web-application-type=servlet"})
@AutoConfigureMockMvc
@DirtiesContext
class MvcMockTests {

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import({MvcControllers.Bare.class, MvcFilters.UnorderedCallers.class, MvcFilters.Envelope.class})
    static class Application {}

    @Autowired
    private MockMvc mvc;

    private final String key = UUID.randomUUID().toString();
    private final String order = UUID.randomUUID().toString();

    private MockHttpServletResponse send(String path, String caller, int amount) throws Exception {
        MvcResult result = mvc.perform(post(path)
                        .header("Idempotency-Key", key)
                        .header("X-User", caller)
                        .contentType(MediaType.APPLICATION_JSON)
                        .content(Neighbor.json(new Order(order, amount, Behavior.PAY))))
                .andReturn();
        return result.getRequest().isAsyncStarted()
                ? mvc.perform(asyncDispatch(result)).andReturn().getResponse()
                : result.getResponse();
    }

    private static void assertReplay(MockHttpServletResponse first, MockHttpServletResponse repeat) {
        assertThat(first.getStatus()).isEqualTo(201);
        assertThat(first.getHeader("Idempotent-Replayed")).isNull();
        assertThat(repeat.getStatus()).isEqualTo(201);
        assertThat(repeat.getContentAsByteArray()).isNotEmpty().isEqualTo(first.getContentAsByteArray());
        assertThat(repeat.getContentType()).isEqualTo(first.getContentType());
        assertThat(repeat.getHeader("Location")).isNotNull().isEqualTo(first.getHeader("Location"));
        assertThat(repeat.getHeader("Idempotent-Replayed")).isEqualTo("true");
    }

    @ParameterizedTest
    @EnumSource
    void replays(Kind kind) throws Exception {
        MockHttpServletResponse first = send("/none" + kind.path(), "alice", 1);
        assertReplay(first, send("/none" + kind.path(), "alice", 1));
        assertThat(send("/none" + kind.path(), "alice", 2).getStatus()).isEqualTo(422);
        assertThat(Ledger.runs(order)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void tellsCallersApart(Kind kind) throws Exception {
        MockHttpServletResponse alices = send("/callers-unordered" + kind.path(), "alice", 1);
        MockHttpServletResponse bobs = send("/callers-unordered" + kind.path(), "bob", 1);
        assertThat(bobs.getStatus()).isEqualTo(201);
        assertThat(bobs.getContentAsString()).contains("\"by\":\"bob\"");
        assertReplay(alices, send("/callers-unordered" + kind.path(), "alice", 1));
    }

    @Test
    void replaysThroughAFilterThatRewrites() throws Exception {
        MockHttpServletResponse first = send("/envelope/plain", "alice", 1);
        assertThat(first.getContentAsString()).startsWith("{\"data\":{\"order\"");
        assertReplay(first, send("/envelope/plain", "alice", 1));
    }
}
