package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.test.util.AopTestUtils;
import org.springframework.web.context.annotation.RequestScope;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** Retries beside other things that Spring does to a bean. */
class SpringFeaturesTests {

    /** Each bean has its own, whatever stands around it. */
    static class Attempts {

        private final AtomicInteger made = new AtomicInteger();

        String third() throws ConnectException {
            if (made.incrementAndGet() % 3 != 0) {
                throw new ConnectException("down");
            }
            return "after " + made;
        }
    }

    @RequestScope(proxyMode = ScopedProxyMode.TARGET_CLASS)
    static class OfARequest {

        private final Attempts attempts = new Attempts();

        @Retryable
        public String find() throws ConnectException {
            return attempts.third();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(OfARequest.class)
    static class RequestScoped {}

    @Test
    void aBeanOfEachRequestIsRetried() {
        new WebApplicationContextRunner()
                .withConfiguration(Apps.autoConfigurations())
                .withUserConfiguration(RequestScoped.class)
                .withPropertyValues("retrykit.defaults.policy.backoff.delay=1ms")
                .run(context -> {
                    for (int request = 0; request < 3; request++) {
                        RequestContextHolder.setRequestAttributes(
                                new ServletRequestAttributes(new MockHttpServletRequest()));
                        try {
                            assertThat(context.getBean(OfARequest.class).find()).isEqualTo("after 3");
                        } finally {
                            RequestContextHolder.resetRequestAttributes();
                        }
                    }
                });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {

        @Bean
        CacheManager caches() {
            return new ConcurrentMapCacheManager();
        }
    }

    static class Cached {

        private final Attempts attempts = new Attempts();

        @Retryable
        @Cacheable("answers")
        public String find(String key) throws ConnectException {
            return key + " " + attempts.third();
        }
    }

    @Test
    void whatWasRetriedIsCachedAndWhatIsCachedIsntCalled() {
        Apps.plain().withUserConfiguration(Caching.class).withBean(Cached.class).run(context -> {
            Cached cached = context.getBean(Cached.class);
            assertThat(cached.find("a")).isEqualTo("a after 3");
            assertThat(cached.find("a")).isEqualTo("a after 3");
            assertThat(cached.find("b")).isEqualTo("b after 6");
        });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Scheduling {}

    static class Job {

        private final Attempts attempts = new Attempts();
        private final CountDownLatch done = new CountDownLatch(1);

        @Retryable
        @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.HOURS)
        public void run() throws ConnectException {
            attempts.third();
            done.countDown();
        }
    }

    @Test
    void eachRunOfAScheduledMethodIsRetried() {
        Apps.plain().withUserConfiguration(Scheduling.class).withBean(Job.class).run(context -> {
            Job job = AopTestUtils.getTargetObject(context.getBean(Job.class));
            assertThat(job.done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(job.attempts.made).hasValue(3);
        });
    }

    public interface Stock {

        @Retryable(value = "inventory")
        @GetExchange("/stock")
        String stock();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "inventory", types = Stock.class)
    static class HttpServices {}

    @Test
    void anHttpServiceThatSpringImportsIsRetried() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/stock", exchange -> {
            byte[] body = "seven".getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(requests.incrementAndGet() < 3 ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            Apps.with("""
                            retrykit.policies.inventory.max-attempts: 3
                            spring.http.serviceclient.inventory.base-url: http://localhost:%d
                            """.formatted(server.getAddress().getPort()))
                    .withConfiguration(AutoConfigurations.of(
                            HttpClientAutoConfiguration.class,
                            ImperativeHttpClientAutoConfiguration.class,
                            HttpServiceClientPropertiesAutoConfiguration.class,
                            RestClientAutoConfiguration.class,
                            HttpServiceClientAutoConfiguration.class))
                    .withUserConfiguration(HttpServices.class)
                    .run(context ->
                            assertThat(context.getBean(Stock.class).stock()).isEqualTo("seven"));
            assertThat(requests).hasValue(3);
        } finally {
            server.stop(0);
        }
    }
}
