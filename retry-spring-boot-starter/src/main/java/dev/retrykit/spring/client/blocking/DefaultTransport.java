package dev.retrykit.spring.client.blocking;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.JettyClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.util.ClassUtils;

/** Selects the transport of a {@code RestClient} that has none configured, in the same way as Spring. */
final class DefaultTransport {

    private static final ClassLoader LOADER = DefaultTransport.class.getClassLoader();

    private DefaultTransport() {}

    static ClientHttpRequestFactory make() {
        if (isPresent("org.apache.hc.client5.http.classic.HttpClient")) {
            return new HttpComponentsClientHttpRequestFactory();
        }
        if (isPresent("org.eclipse.jetty.client.HttpClient")) {
            return new JettyClientHttpRequestFactory();
        }
        if (isPresent("reactor.netty.http.client.HttpClient")) {
            return new ReactorClientHttpRequestFactory();
        }
        return isPresent("java.net.http.HttpClient")
                ? new JdkClientHttpRequestFactory()
                : new SimpleClientHttpRequestFactory();
    }

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, LOADER);
    }
}
