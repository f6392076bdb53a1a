package dev.retrykit.spring.client;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.util.ClassUtils;

/** Registers what a native image needs to instrument clients: proxies of builders, and private fields. */
final class ClientRuntimeHints implements RuntimeHintsRegistrar {

    private static final List<String> PROXIED = List.of(
            "org.springframework.web.client.RestClient",
            "org.springframework.web.client.RestClient$Builder",
            "org.springframework.web.reactive.function.client.WebClient",
            "org.springframework.web.reactive.function.client.WebClient$Builder");

    private static final List<String> WITH_FIELDS = List.of(
            "org.springframework.web.client.DefaultRestClientBuilder",
            "org.springframework.web.reactive.function.client.DefaultWebClientBuilder",
            "org.springframework.http.client.support.HttpAccessor",
            "org.springframework.http.client.JdkClientHttpResponse",
            "org.springframework.http.client.JettyClientHttpRequestFactory",
            "org.springframework.http.client.reactive.JettyClientHttpConnector",
            "org.springframework.http.client.ReactorClientHttpRequestFactory",
            "org.springframework.http.client.reactive.ReactorClientHttpConnector",
            "org.springframework.http.client.reactive.HttpComponentsClientHttpConnector",
            "org.springframework.http.client.SimpleClientHttpResponse",
            "org.apache.hc.client5.http.impl.classic.HttpClientBuilder",
            "org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder",
            "org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder",
            "org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder",
            "org.apache.hc.client5.http.impl.classic.InternalHttpClient",
            "org.apache.hc.client5.http.impl.classic.ExecChainElement",
            "org.apache.hc.client5.http.impl.classic.HttpRequestRetryExec",
            "org.apache.hc.client5.http.impl.async.InternalAbstractHttpAsyncClient",
            "org.apache.hc.client5.http.impl.async.AsyncExecChainElement",
            "org.apache.hc.client5.http.impl.async.AsyncHttpRequestRetryExec");

    /** Created by Spring during ahead-of-time processing. */
    ClientRuntimeHints() {}

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        for (String type : PROXIED) {
            if (ClassUtils.isPresent(type, classLoader)) {
                hints.proxies().registerJdkProxy(TypeReference.of(type));
                hints.reflection().registerType(TypeReference.of(type), MemberCategory.INVOKE_PUBLIC_METHODS);
            }
        }
        for (String type : WITH_FIELDS) {
            hints.reflection().registerTypeIfPresent(classLoader, type, MemberCategory.ACCESS_DECLARED_FIELDS);
        }
    }
}
