package dev.retrykit.spring.client;

import dev.retrykit.event.RetryEvent;
import dev.retrykit.event.RetryListener;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.SharedReactorResources;
import dev.retrykit.time.TimeSource;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;

/** Applications with Spring Boot's HTTP clients, on a clock that skips delays. */
public final class HttpApps {

    private HttpApps() {}

    /** With an {@code application.yml}, and all ends of calls in a list. */
    public static ApplicationContextRunner with(String yml, List<RetryEvent.Ended> ended) {
        return new ApplicationContextRunner()
                .withConfiguration(Apps.autoConfigurations())
                .withConfiguration(AutoConfigurations.of(
                        HttpClientAutoConfiguration.class,
                        ImperativeHttpClientAutoConfiguration.class,
                        ReactiveHttpClientAutoConfiguration.class,
                        RestClientAutoConfiguration.class,
                        RestTemplateAutoConfiguration.class,
                        WebClientAutoConfiguration.class,
                        HttpServiceClientPropertiesAutoConfiguration.class,
                        HttpServiceClientAutoConfiguration.class,
                        ReactiveHttpServiceClientAutoConfiguration.class))
                .withInitializer(Apps.yml(yml))
                .withInitializer(new SharedReactorResources())
                .withBean("timeSource", TimeSource.class, SkippingTime::new)
                .withBean(RetryListener.class, () -> event -> {
                    if (event instanceof RetryEvent.Ended end) {
                        ended.add(end);
                    }
                });
    }
}
