package dev.retrykit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.ContextCarrier;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.observe.MdcCarrier;
import dev.retrykit.spring.observe.SecurityContextCarrier;
import dev.retrykit.spring.observe.SnapshotCarrier;
import dev.retrykit.time.ManualTime;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.test.util.AopTestUtils;

public class CarriedContextTests {

    private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

    /** Public: the subclass of a proxy has another class loader where libraries are filtered. */
    public static class Service {

        final List<String> seen = new ArrayList<>();

        @Retryable
        public CompletableFuture<String> find() {
            seen.add(MDC.get("trace") + " " + TENANT.get());
            return CompletableFuture.failedFuture(new ConnectException("down"));
        }
    }

    @BeforeEach
    void registerTheTenant() {
        ContextRegistry.getInstance().registerThreadLocalAccessor("tenant", TENANT);
        MDC.put("trace", "4711");
        TENANT.set("acme");
    }

    @AfterEach
    void forgetIt() {
        ContextRegistry.getInstance().removeThreadLocalAccessor("tenant");
        MDC.clear();
        TENANT.remove();
    }

    private static List<String> seenBy(ApplicationContextRunner app) {
        List<String> seen = new ArrayList<>();
        app.withBean(Service.class).run(context -> {
            Service service = context.getBean(Service.class);
            CompletableFuture<String> call = service.find();
            MDC.put("trace", "the timer's");
            TENANT.set("the timer's");
            context.getBean(ManualTime.class).advance(Duration.ofMinutes(1));
            assertThat(call).isCompletedExceptionally();
            assertThat(MDC.get("trace")).isEqualTo("the timer's");
            assertThat(TENANT.get()).isEqualTo("the timer's");
            seen.addAll(AopTestUtils.<Service>getTargetObject(service).seen);
        });
        return seen;
    }

    @Test
    void theLogsContextAndMicrometersFollowARetry() {
        assertThat(seenBy(Apps.plain())).containsExactly("4711 acme", "4711 acme", "4711 acme");
    }

    @Test
    void withoutContextPropagationTheLogsContextFollows() {
        ApplicationContextRunner app =
                Apps.plain().withClassLoader(new FilteredClassLoader(ContextSnapshotFactory.class));
        app.run(context -> assertThat(context).doesNotHaveBean(SnapshotCarrier.class));
        assertThat(seenBy(app)).containsExactly("4711 acme", "4711 the timer's", "4711 the timer's");
    }

    @Test
    void withoutSlf4jMicrometersContextFollows() {
        ApplicationContextRunner app = Apps.plain().withClassLoader(new FilteredClassLoader(MDC.class));
        app.run(context -> assertThat(context).doesNotHaveBean(MdcCarrier.class));
        assertThat(seenBy(app)).containsExactly("4711 acme", "the timer's acme", "the timer's acme");
    }

    /** Public, for the same reason. */
    public static class SecuredService {

        final List<String> seen = new ArrayList<>();

        @Retryable
        @PreAuthorize("hasRole('CLERK')")
        public CompletableFuture<String> find() {
            seen.add(SecurityContextHolder.getContext().getAuthentication().getName());
            return CompletableFuture.failedFuture(new ConnectException("down"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableMethodSecurity
    static class Secured {}

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void springSecuritysContextFollows(boolean contextPropagation) {
        ApplicationContextRunner app =
                Apps.plain().withUserConfiguration(Secured.class).withBean(SecuredService.class);
        ApplicationContextRunner all =
                contextPropagation ? app : app.withClassLoader(new FilteredClassLoader(ContextSnapshotFactory.class));
        all.run(context -> {
            assertThat(context.getBeansOfType(SecurityContextCarrier.class)).hasSize(contextPropagation ? 0 : 1);
            SecuredService service = context.getBean(SecuredService.class);
            CompletableFuture<String> call = as("anna", service::find);
            as("the timer", () -> {
                context.getBean(ManualTime.class).advance(Duration.ofMinutes(1));
                return SecurityContextHolder.getContext().getAuthentication().getName();
            });
            assertThat(call).isCompletedExceptionally();
            assertThat(AopTestUtils.<SecuredService>getTargetObject(service).seen)
                    .containsExactly("anna", "anna", "anna");
        });
        assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
    }

    private static <T> T as(String name, Supplier<T> call) {
        SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken(name, "", "ROLE_CLERK"));
        try {
            return call.get();
        } finally {
            SecurityContextHolder.clearContext();
        }
    }

    @Test
    void anApplicationsOwnContextFollowsToo() {
        List<String> told = new ArrayList<>();
        ContextCarrier own = () -> {
            told.add("captured");
            return task -> {
                told.add("before");
                task.run();
                told.add("after");
            };
        };
        seenBy(Apps.plain().withBean("own", ContextCarrier.class, () -> own));
        assertThat(told).containsExactly("captured", "before", "after", "before", "after");
    }

    @Test
    void anAbsentContextIsCarriedAsSuch() {
        MDC.clear();
        TENANT.remove();
        assertThat(seenBy(Apps.plain().withPropertyValues("retrykit.defaults.policy.max-attempts=2")))
                .containsExactly("null null", "null null");
    }

    @Test
    void anApplicationsOwnThatFailsKeepsNoOtherFromFollowing() {
        ContextCarrier throwing = () -> {
            throw new IllegalStateException("broken");
        };
        for (ContextCarrier broken : List.<ContextCarrier>of(throwing, () -> null)) {
            MDC.put("trace", "4711");
            TENANT.set("acme");
            assertThat(seenBy(Apps.plain().withBean("broken", ContextCarrier.class, () -> broken)))
                    .containsExactly("4711 acme", "4711 acme", "4711 acme");
        }
    }
}
