package dev.retrykit.spring;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Gives an application Reactor Netty's global event loops, and keeps them when it ends: the next one needs them again. To
 * stop them may take forever, too: a connection whose event loop ends just then is never reported as closed.
 */
public final class SharedReactorResources implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ((GenericApplicationContext) context).registerBean(ReactorResourceFactory.class, Kept::new);
    }

    private static final class Kept extends ReactorResourceFactory {
        @Override
        public void stop() {}

        @Override
        public void destroy() {}
    }
}
