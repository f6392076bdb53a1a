package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.event.RetryEvent;
import java.util.AbstractList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.Mockito;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestTemplate;

/** Templates of classes of the application's own. */
@ExtendWith(OutputCaptureExtension.class)
class OwnTemplateTests {

    private static final ClientHttpRequestInterceptor PASS = (request, body, next) -> next.execute(request, body);

    private final List<RetryEvent.Ended> ended = new CopyOnWriteArrayList<>();
    private final ApplicationContextRunner app = HttpApps.with("""
            retrykit.policies.plain: { max-attempts: 3 }
            retrykit.http.guards: [ { host: localhost, policy: plain } ]
            """, ended);

    /** Tells what is done to it while others may send requests. */
    static final class Told extends RestTemplate {

        final List<String> changes = new CopyOnWriteArrayList<>();

        Told() {
            super.getInterceptors().add(PASS);
            changes.clear();
        }

        @Override
        public void setRequestFactory(ClientHttpRequestFactory factory) {
            super.setRequestFactory(factory);
            if (changes != null) {
                changes.add("transport");
            }
        }

        @Override
        public List<ClientHttpRequestInterceptor> getInterceptors() {
            List<ClientHttpRequestInterceptor> own = super.getInterceptors();
            return new AbstractList<>() {
                @Override
                public ClientHttpRequestInterceptor get(int index) {
                    return own.get(index);
                }

                @Override
                public int size() {
                    return own.size();
                }

                @Override
                public void add(int index, ClientHttpRequestInterceptor interceptor) {
                    changes.add("add " + index);
                    own.add(index, interceptor);
                }

                @Override
                public ClientHttpRequestInterceptor remove(int index) {
                    changes.add("remove " + index);
                    return own.remove(index);
                }
            };
        }
    }

    private static final class FixedInterceptors extends RestTemplate {

        FixedInterceptors() {
            super.getInterceptors().add(PASS);
        }

        @Override
        public List<ClientHttpRequestInterceptor> getInterceptors() {
            return Collections.unmodifiableList(super.getInterceptors());
        }
    }

    private static final class FixedTransport extends RestTemplate {

        @Override
        public void setRequestFactory(ClientHttpRequestFactory factory) {
            throw new UnsupportedOperationException("fixed");
        }
    }

    static Stream<RestTemplate> thatRefuse() {
        return Stream.of(new FixedInterceptors(), new FixedTransport());
    }

    @ParameterizedTest
    @MethodSource("thatRefuse")
    void isLeftAloneWithAWarningIfItRefusesToBeChanged(RestTemplate template, CapturedOutput output) {
        app.withBean(RestTemplate.class, () -> template).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output).contains(template.getClass().getName() + " is not instrumented");
        });
    }

    @Test
    void isLeftAloneIfItIsAMock() {
        app.withBean("plain", RestTemplate.class, () -> Mockito.mock(RestTemplate.class))
                .withBean(
                        "deep", RestTemplate.class, () -> Mockito.mock(RestTemplate.class, Mockito.RETURNS_DEEP_STUBS))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    Mockito.verifyNoInteractions(context.getBean("plain"));
                });
    }

    @Test
    void isNotChangedAgainWhenTheContextStarts() {
        app.withBean(Told.class)
                .run(context -> assertThat(context.getBean(Told.class).changes).containsExactly("transport", "add 0"));
    }

    @Test
    void keepsItsInterceptorsWhenTheContextStarts() {
        app.withBean(Told.class).withUserConfiguration(LateInterceptor.class).run(context -> {
            Told template = context.getBean(Told.class);
            assertThat(template.changes)
                    .as("the guard comes first, and no other is taken out")
                    .containsExactly("transport", "add 0", "add 0", "remove 1", "add 0");
            assertThat(template.getInterceptors()).hasSize(3).endsWith(PASS, PASS);
        });
    }

    /** As Spring Cloud's load balancer does. */
    @Configuration(proxyBeanMethods = false)
    static class LateInterceptor {

        @Bean
        SmartInitializingSingleton late(Told template) {
            return () -> template.getInterceptors().add(0, PASS);
        }
    }
}
