package dev.retrykit.spring.aspect.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;

/** Two beans of one annotated interface, one of which calls the other. */
@ExtendWith(OutputCaptureExtension.class)
class DecoratorCheckTests {

    private static final String WARNED = " has another Gateway bean in a field";

    private static final String REMEDY = "Annotate the class that does the work instead of the interface.";

    interface Gateway {

        @Retryable("gateway")
        String pay(String sum);
    }

    static class Stripe implements Gateway {

        @Override
        public String pay(String sum) {
            return sum;
        }
    }

    static class Caching implements Gateway {

        private final Gateway inner;

        Caching(Gateway inner) {
            this.inner = inner;
        }

        @Override
        public String pay(String sum) {
            return inner.pay(sum);
        }
    }

    static class Routing implements Gateway {

        private final List<Gateway> all;
        private final Map<String, Gateway> byName;

        Routing(List<Gateway> all, Map<String, Gateway> byName) {
            this.all = all;
            this.byName = byName;
        }

        @Override
        public String pay(String sum) {
            return all.get(0).pay(sum) + byName.size();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Decorated {

        @Bean
        Gateway stripe() {
            return new Stripe();
        }

        @Bean
        @Primary
        Gateway caching(Gateway stripe) {
            return new Caching(stripe);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Routed {

        @Bean
        Gateway stripe() {
            return new Stripe();
        }

        @Bean
        @Primary
        Gateway routing(@Qualifier("stripe") Gateway stripe) {
            return new Routing(List.of(stripe), Map.of());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class MadeInside {

        @Bean
        Gateway caching() {
            return new Caching(new Stripe());
        }
    }

    static class Selfish implements Gateway {

        @Lazy
        @Autowired
        private Gateway self;

        @Override
        public String pay(String sum) {
            return sum.isEmpty() ? self.pay("0") : sum;
        }
    }

    private static ApplicationContextRunner app() {
        return Apps.with("retrykit.policies.gateway.max-attempts: 3");
    }

    @Test
    void getOneWarning(CapturedOutput output) {
        app().withUserConfiguration(Decorated.class)
                .run(context -> assertThat(output)
                        .containsOnlyOnce("Bean 'caching'" + WARNED)
                        .contains(REMEDY)
                        .doesNotContain("Bean 'stripe'" + WARNED));
    }

    @Test
    void getItAlsoWhereTheyAreInACollection(CapturedOutput output) {
        app().withUserConfiguration(Routed.class)
                .run(context -> assertThat(output).containsOnlyOnce("Bean 'routing'" + WARNED));
    }

    @Test
    void getNoneWhereTheOtherIsNoBeanOrTheSameOne(CapturedOutput output) {
        app().withUserConfiguration(MadeInside.class)
                .withBean("alone", Selfish.class, Selfish::new, definition -> definition.setPrimary(true))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(output).doesNotContain(WARNED);
                });
    }
}
