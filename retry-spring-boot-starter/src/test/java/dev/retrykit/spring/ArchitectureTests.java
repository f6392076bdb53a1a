package dev.retrykit.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.retrykit.HouseRules;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(packages = "dev.retrykit.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    private static final String BASE = "dev.retrykit.spring.";

    /** From top to bottom. The page of {@code dev.retrykit.spring} says what the packages are for. */
    private static final List<List<String>> FLOORS = List.of(
            List.of("autoconfigure.."),
            List.of("observe..", "actuate.."),
            List.of("aspect.."),
            List.of("client..", "server..", "idempotency..", "transaction.."),
            List.of("registry.."),
            List.of("settings..", "failure..", "reactive..", "expression..", "customize..", "log.."));

    @ArchTest
    static final ArchRule importsGoDownward = HouseRules.importsGoDownward(
            FLOORS.stream().map(floor -> List.of(packages(floor))).toList());

    private static String[] packages(List<String> names) {
        return names.stream().map(name -> BASE + name).toArray(String[]::new);
    }

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("dev.retrykit.spring.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule everyPackageIsOnAFloor = classes()
            .should()
            .resideInAnyPackage(packages(FLOORS.stream().flatMap(List::stream).toList()))
            .orShould()
            .haveSimpleName("package-info");

    @ArchTest
    static void packagesAreSmall(JavaClasses all) {
        HouseRules.assertSmallPackages(all);
    }

    /** Of the public API, or named after it: {@code AnswerMarks} of the core, the store's {@code Answer}, beans. */
    private static final Set<String> NAMED_BY_OTHER_WORDS = Set.of("Answer", "SpringAnswerMarks", "SpringAnswers");

    @ArchTest
    static void namesUseTheWordsOfTheGlossary(JavaClasses all) throws IOException {
        HouseRules.assertNamedByTheGlossary(all, NAMED_BY_OTHER_WORDS);
    }

    @ArchTest
    static final ArchRule timeComesFromATimeSource = noClasses()
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(java.time.Instant.class, "now");

    @ArchTest
    static final ArchRule conditionsLiveInAutoconfigure = noClasses()
            .that()
            .resideOutsideOfPackage(BASE + "autoconfigure..")
            .should()
            .beAnnotatedWith(condition())
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework.boot.autoconfigure.condition..");

    @ArchTest
    static final ArchRule autoConfigurationsAreFinal = classes()
            .that()
            .areAnnotatedWith(org.springframework.boot.autoconfigure.AutoConfiguration.class)
            .should()
            .haveModifier(JavaModifier.FINAL)
            .andShould()
            .haveSimpleNameEndingWith("AutoConfiguration");

    @ArchTest
    static final ArchRule optionalPartsOfBootStayWhereTheyBelong = noClasses()
            .that()
            .resideInAnyPackage(BASE + "settings..", BASE + "aspect..", BASE + "registry..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.web..", "org.springframework.boot.actuate..", "io.micrometer..");

    /** Whatever else referred to such a class would fail to load where the library is absent. */
    @ArchTest
    static void librariesThatMayBeAbsentAreKnownToOneConfigurationOnly(JavaClasses all) {
        assertThat(dependents(all, "org.springframework.dao", "org.springframework.transaction", "java.sql"))
                .containsExactlyInAnyOrder(
                        "Commits",
                        "AutoCommits",
                        "ThreadTransaction",
                        "WriteQuery",
                        "WriteDetector",
                        "PendingEntities",
                        "FetchedConnection",
                        "CommitListener",
                        "TimeoutRollback",
                        "AnnotatedRollbackRules",
                        "TransactionPostProcessor",
                        "RetrykitFailureAutoConfiguration.Data",
                        "JdbcStore",
                        "KeyRow",
                        "SessionConnection",
                        "ThreadConnections",
                        "StatementRunner",
                        "JdbcFailures",
                        "TransactionFence",
                        "FencePostProcessor",
                        "RetrykitIdempotencyAutoConfiguration.Jdbc");
        assertThat(dependents(all, "jakarta.persistence", "org.springframework.orm"))
                .containsExactlyInAnyOrder(
                        "PendingEntities", "RolledBackEntities", "FetchedConnection", "SessionConnection");
        assertThat(dependents(all, "org.springframework.jdbc", BASE + "transaction.WriteDetector"))
                .containsExactlyInAnyOrder(
                        "AutoCommits",
                        "WriteDetector",
                        "FetchedConnection",
                        "CommitListener",
                        "ThreadConnections",
                        "StatementRunner",
                        "TransactionFence",
                        "FencePostProcessor");
        assertThat(dependents(all, "org.springframework.data.redis", BASE + "idempotency.store.redis"))
                .containsExactlyInAnyOrder("Scripts", "RedisStore", "RetrykitIdempotencyAutoConfiguration.Redis");
        assertThat(dependents(all, "tools.jackson", BASE + "idempotency.endpoint.content.JsonContent"))
                .containsExactlyInAnyOrder("JsonContent", "Fingerprint");
        assertThat(dependents(all, "org.hibernate"))
                .containsExactlyInAnyOrder("FetchedConnection", "SessionConnection");
        assertThat(dependents(all, BASE + "failure.ThreadTransaction"))
                .containsExactly("RetrykitFailureAutoConfiguration.Data");
        assertThat(dependents(all, "io.micrometer.context", BASE + "observe.SnapshotCarrier"))
                .containsExactlyInAnyOrder(
                        "AttemptAccessor",
                        "SnapshotCarrier",
                        "ObservedContext",
                        "RetrykitContextAutoConfiguration.Micrometer");
        assertThat(dependents(all, "io.micrometer.observation", BASE + "observe.AttemptObservations"))
                .containsExactlyInAnyOrder("AttemptObservations", "RetrykitMicrometerAutoConfiguration.Observations");
        assertThat(dependents(all, "org.slf4j", BASE + "observe.MdcCarrier"))
                .containsExactlyInAnyOrder("MdcCarrier", "RetrykitContextAutoConfiguration.Logging");
        assertThat(dependents(all, BASE + "failure.DataFailures", BASE + "failure.Commits"))
                .containsExactlyInAnyOrder("DataFailures", "CommitListener", "RetrykitFailureAutoConfiguration.Data");
        assertThat(dependents(all, "io.grpc", BASE + "failure.GrpcFailures", BASE + "failure.Pushback"))
                .containsExactlyInAnyOrder("GrpcFailures", "Pushback", "RetrykitFailureAutoConfiguration.Grpc");
        assertThat(dependents(all, "io.netty")).containsExactlyInAnyOrder("ReactorRedirects");
        assertThat(dependents(all, "reactor", "org.reactivestreams", BASE + "reactive"))
                .containsExactlyInAnyOrder(
                        "ReactiveCallAdapter",
                        "SuspendCallAdapter",
                        "Coroutines",
                        "RetriedMono",
                        "MonoAttempt",
                        "ObservedContext",
                        "RetryReactiveExtension",
                        "JsonBodyWebFilter",
                        "ReactiveCsrf",
                        "RetriedFlux",
                        "FluxCall",
                        "SubscriberContext",
                        "GuardFilter",
                        "Drain",
                        "ReplayableBody",
                        "WatchedBody",
                        "ReactorRedirects",
                        "ReactorNettyInstrumentation",
                        "ExhaustedFailureHandler",
                        "DeadlineWebFilter",
                        "InboundRequestWebFilter",
                        "Peer",
                        "BufferedExchange",
                        "BufferedResponse",
                        "KeyedExchange",
                        "KeyedCall",
                        "EndpointAdapter",
                        "EndpointResultHandler",
                        "WebFluxEndpoints",
                        "ResponseWriter",
                        "Blocking",
                        "AccessDenials",
                        "Dispatch",
                        "Payload",
                        "Permission",
                        "RetrykitTransportAutoConfiguration.ReactorNetty");
        assertThat(dependents(
                        all,
                        "org.apache.hc",
                        BASE + "client.transport.HttpComponentsInstrumentation",
                        BASE + "client.transport.HttpComponents"))
                .containsExactlyInAnyOrder(
                        "HttpComponentsPool",
                        "HttpComponentsRedirects",
                        "HttpComponentsRetries",
                        "HttpComponentsTransport",
                        "HttpComponentsInstrumentation",
                        "TransportInstrumentation",
                        "RetrykitTransportAutoConfiguration.HttpComponents");
        assertThat(dependents(all, "reactor.netty", BASE + "client.transport.ReactorRedirects"))
                .containsExactlyInAnyOrder(
                        "ReactorRedirects",
                        "ReactorNettyInstrumentation",
                        "RetrykitTransportAutoConfiguration.ReactorNetty");
        assertThat(dependents(
                        all,
                        "org.eclipse.jetty",
                        BASE + "client.transport.JettyRequestTracker",
                        BASE + "failure.http.JettyFailures"))
                .containsExactlyInAnyOrder(
                        "JettyRequestTracker",
                        "JettyInstrumentation",
                        "RetrykitTransportAutoConfiguration.Jetty",
                        "RetrykitFailureAutoConfiguration.Jetty");
        assertThat(dependents(all, "jakarta.servlet", "org.springframework.web.servlet"))
                .containsExactlyInAnyOrder(
                        "ExhaustedFailureResolver",
                        "JsonBodyAdvice",
                        "DeadlineFilter",
                        "InboundRequestFilter",
                        "Peer",
                        "RetrykitServerAutoConfiguration.Mvc",
                        "BufferedRequest",
                        "BufferedResponse",
                        "ServletExchange",
                        "IdempotencyFilter",
                        "ResponseWriter",
                        "EndpointAdapter",
                        "HandlerAdapters",
                        "KeyedCall",
                        "Payload",
                        "ArrivalFilter",
                        "ArrivingRequest",
                        "HeaderRecorder",
                        "BufferedStream",
                        "MvcEndpoints",
                        "Redirect",
                        "RetrykitIdempotentEndpointAutoConfiguration.Mvc");
        assertThat(dependents(all, "jakarta.validation")).containsExactly("InvalidArguments");
        assertThat(dependents(all, BASE + "client.reactive", BASE + "failure.http.WebClientStatus"))
                .containsExactlyInAnyOrder(
                        "GuardFilter",
                        "ReplayableBody",
                        "WatchedBody",
                        "WebClients",
                        "WebClientPostProcessor",
                        "RetrykitClientAutoConfiguration.Reactive",
                        "RetrykitClientAutoConfiguration.ReactiveBuilders",
                        "RetrykitFailureAutoConfiguration.ReactiveStatus");
        assertThat(dependents(all, BASE + "aspect.adapter.ReactiveCallAdapter"))
                .containsExactlyInAnyOrder("CallAdapters", "SuspendCallAdapter", "FlowCallAdapter");
        assertThat(dependents(all, BASE + "aspect.adapter.SuspendCallAdapter", BASE + "aspect.adapter.FlowCallAdapter"))
                .containsExactly("CallAdapters");
        assertThat(dependents(all, "kotlin", BASE + "aspect.adapter.Coroutines"))
                .containsExactlyInAnyOrder("Coroutines", "FallbackMethod", "SuspendCallAdapter", "FlowCallAdapter");
    }

    private static Set<String> dependents(JavaClasses all, String... prefixes) {
        return all.stream()
                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass().getName())
                        .anyMatch(name -> Stream.of(prefixes).anyMatch(name::startsWith)))
                .map(ArchitectureTests::nameOf)
                .collect(Collectors.toSet());
    }

    /** An auto-configuration's nested classes count one by one, since each has its own condition. */
    private static String nameOf(JavaClass type) {
        String name = type.getName().replaceFirst("^.*\\.", "");
        return type.getPackageName().equals(BASE + "autoconfigure")
                ? name.replace('$', '.')
                : name.replaceFirst("\\$.*$", "");
    }

    @ArchTest
    static void thereIsSomethingToLookAt(JavaClasses all) {
        assertThat(all).hasSizeGreaterThan(40);
        assertThat(all.stream().map(JavaClass::getPackageName).distinct()).hasSizeGreaterThan(30);
    }

    @Test
    void noSourceFileHasMoreLinesOfCodeThanTheHouseAllows() throws IOException {
        HouseRules.assertShortFiles();
    }

    private static DescribedPredicate<JavaAnnotation<?>> condition() {
        return DescribedPredicate.describe(
                "a condition",
                annotation -> annotation.getRawType().getSimpleName().startsWith("Conditional"));
    }
}
