package dev.retrykit.spring;

import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Gives an application Reactor Netty's global event loops, and keeps them when it ends: the next one needs them again. To
 * stop them may take forever, too: a connection whose event loop ends just then is never reported as closed.
 *
 * <p>A server answers one request for each connection. Reactor Netty 1.3.6 may never read the next request of
 * a connection when it arrives before the previous exchange has ended (reactor-netty issue 4361); a test then waits forever.
 */
public final class SharedReactorResources implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ((GenericApplicationContext) context).registerBean(ReactorResourceFactory.class, Kept::new);
        context.getEnvironment()
                .getPropertySources()
                .addLast(new MapPropertySource("shared", Map.of("server.netty.max-keep-alive-requests", "1")));
    }

    private static final class Kept extends ReactorResourceFactory {
        @Override
        public void stop() {}

        @Override
        public void destroy() {}
    }
}
