package dev.retrykit.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

@AnalyzeClasses(packages = "dev.retrykit.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    private static final String BASE = "dev.retrykit.spring.";

    @ArchTest
    static final ArchRule floorsAreImportedDownwardOnly = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("autoconfigure")
            .definedBy(BASE + "autoconfigure..")
            .layer("observe")
            .definedBy(BASE + "observe..")
            .layer("actuate")
            .definedBy(BASE + "actuate..")
            .layer("method")
            .definedBy(BASE + "method..")
            .layer("call")
            .definedBy(BASE + "call..")
            .layer("reactive")
            .definedBy(BASE + "reactive..")
            .layer("registry")
            .definedBy(BASE + "registry..")
            .layer("settings")
            .definedBy(BASE + "settings..")
            .layer("failure")
            .definedBy(BASE + "failure..")
            .layer("customize")
            .definedBy(BASE + "customize..")
            .layer("http")
            .definedBy(BASE + "http..")
            .layer("web")
            .definedBy(BASE + "web..")
            .layer("idempotency")
            .definedBy(BASE + "idempotency..")
            .layer("log")
            .definedBy(BASE + "log..")
            .whereLayer("log")
            .mayOnlyBeAccessedByLayers("observe", "idempotency")
            .layer("expression")
            .definedBy(BASE + "expression..")
            .layer("transaction")
            .definedBy(BASE + "transaction..")
            .whereLayer("transaction")
            .mayOnlyBeAccessedByLayers("autoconfigure", "method", "idempotency")
            .whereLayer("idempotency")
            .mayOnlyBeAccessedByLayers("autoconfigure", "observe", "actuate")
            .whereLayer("expression")
            .mayOnlyBeAccessedByLayers("method", "idempotency")
            .whereLayer("http")
            .mayOnlyBeAccessedByLayers("autoconfigure")
            .whereLayer("web")
            .mayOnlyBeAccessedByLayers("autoconfigure", "idempotency")
            .whereLayer("customize")
            .mayOnlyBeAccessedByLayers("autoconfigure", "registry")
            .whereLayer("autoconfigure")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("observe")
            .mayOnlyBeAccessedByLayers("autoconfigure")
            .whereLayer("actuate")
            .mayOnlyBeAccessedByLayers("autoconfigure")
            .whereLayer("method")
            .mayOnlyBeAccessedByLayers("autoconfigure", "observe", "actuate")
            .whereLayer("call")
            .mayOnlyBeAccessedByLayers("autoconfigure", "method")
            .whereLayer("reactive")
            .mayOnlyBeAccessedByLayers("call", "http")
            .whereLayer("registry")
            .mayOnlyBeAccessedByLayers("autoconfigure", "observe", "actuate", "method", "call", "http")
            .whereLayer("settings")
            .mayOnlyBeAccessedByLayers(
                    "autoconfigure",
                    "observe",
                    "actuate",
                    "method",
                    "call",
                    "registry",
                    "http",
                    "web",
                    "idempotency",
                    "expression")
            .whereLayer("failure")
            .mayOnlyBeAccessedByLayers(
                    "autoconfigure",
                    "observe",
                    "actuate",
                    "method",
                    "call",
                    "registry",
                    "http",
                    "idempotency",
                    "transaction");

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("dev.retrykit.spring.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule everyPackageIsOnAFloor = classes()
            .should()
            .resideInAnyPackage(Stream.of(
                            "autoconfigure",
                            "observe",
                            "actuate",
                            "method",
                            "call",
                            "registry",
                            "settings",
                            "customize",
                            "failure",
                            "reactive",
                            "http..",
                            "idempotency..",
                            "expression",
                            "log",
                            "transaction",
                            "web")
                    .map(floor -> BASE + floor)
                    .toArray(String[]::new))
            .orShould()
            .haveSimpleName("package-info");

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
            .resideInAnyPackage(BASE + "settings..", BASE + "method..", BASE + "registry..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.web..", "org.springframework.boot.actuate..", "io.micrometer..");

    /** Whatever else referred to such a class would fail to load where the library is absent. */
    @ArchTest
    static void librariesThatMayBeAbsentAreKnownToOneConfigurationOnly(JavaClasses all) {
        assertThat(dependents(all, "org.springframework.dao", "org.springframework.transaction", "java.sql"))
                .containsExactlyInAnyOrder(
                        "Commits",
                        "ThreadTransaction",
                        "WriteQuery",
                        "WriteDetector",
                        "PendingEntities",
                        "FetchedConnection",
                        "CommitListener",
                        "TimeoutRollback",
                        "AnnotatedRollbackRules",
                        "TransactionPostProcessor",
                        "RetrykitDataAutoConfiguration",
                        "JdbcStore",
                        "KeyRow",
                        "SessionConnection",
                        "ThreadConnections",
                        "StatementRunner",
                        "JdbcFailures",
                        "TransactionFence",
                        "FencePostProcessor",
                        "RetrykitIdempotencyJdbcAutoConfiguration");
        assertThat(dependents(all, "jakarta.persistence", "org.springframework.orm"))
                .containsExactlyInAnyOrder(
                        "PendingEntities", "RolledBackEntities", "FetchedConnection", "SessionConnection");
        assertThat(dependents(all, "org.springframework.jdbc", BASE + "transaction.WriteDetector"))
                .containsExactlyInAnyOrder(
                        "WriteDetector",
                        "FetchedConnection",
                        "CommitListener",
                        "ThreadConnections",
                        "StatementRunner",
                        "TransactionFence",
                        "FencePostProcessor");
        assertThat(dependents(all, "org.springframework.data.redis", BASE + "idempotency.redis"))
                .containsExactlyInAnyOrder("Scripts", "RedisStore", "RetrykitIdempotencyRedisAutoConfiguration");
        assertThat(dependents(all, "tools.jackson", BASE + "idempotency.http.JsonContent"))
                .containsExactlyInAnyOrder("JsonContent", "Fingerprint");
        assertThat(dependents(all, "org.hibernate"))
                .containsExactlyInAnyOrder("FetchedConnection", "SessionConnection");
        assertThat(dependents(all, BASE + "failure.ThreadTransaction"))
                .containsExactly("RetrykitDataAutoConfiguration");
        assertThat(dependents(all, "io.micrometer.context", BASE + "observe.SnapshotCarrier"))
                .containsExactlyInAnyOrder(
                        "AttemptAccessor",
                        "SnapshotCarrier",
                        "ObservedContext",
                        "RetrykitContextPropagationAutoConfiguration");
        assertThat(dependents(all, "io.micrometer.observation", BASE + "observe.AttemptObservations"))
                .containsExactlyInAnyOrder("AttemptObservations", "RetrykitObservationAutoConfiguration");
        assertThat(dependents(all, "org.slf4j", BASE + "observe.MdcCarrier"))
                .containsExactlyInAnyOrder("MdcCarrier", "RetrykitLogContextAutoConfiguration");
        assertThat(dependents(all, BASE + "failure.DataFailures", BASE + "failure.Commits"))
                .containsExactlyInAnyOrder("DataFailures", "CommitListener", "RetrykitDataAutoConfiguration");
        assertThat(dependents(all, "io.grpc", BASE + "failure.GrpcFailures", BASE + "failure.Pushback"))
                .containsExactlyInAnyOrder("GrpcFailures", "Pushback", "RetrykitGrpcAutoConfiguration");
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
                        "RetrykitTransportAutoConfiguration");
        assertThat(dependents(all, "org.apache.hc", BASE + "http.HttpComponentsInstrumentation", BASE + "http.HttpComponents"))
                .containsExactlyInAnyOrder(
                        "HttpComponentsPool",
                        "HttpComponentsRedirects",
                        "HttpComponentsRetries",
                        "HttpComponentsTransport",
                        "HttpComponentsInstrumentation",
                        "TransportInstrumentation",
                        "RetrykitTransportAutoConfiguration");
        assertThat(dependents(all, "reactor.netty", BASE + "http.ReactorRedirects"))
                .containsExactlyInAnyOrder("ReactorRedirects", "ReactorNettyInstrumentation", "RetrykitTransportAutoConfiguration");
        assertThat(dependents(
                        all, "org.eclipse.jetty", BASE + "http.JettyRequestTracker", BASE + "failure.JettyFailures"))
                .containsExactlyInAnyOrder(
                        "JettyRequestTracker",
                        "JettyInstrumentation",
                        "RetrykitTransportAutoConfiguration",
                        "RetrykitTransportFailuresAutoConfiguration");
        assertThat(dependents(all, "jakarta.servlet", "org.springframework.web.servlet"))
                .containsExactlyInAnyOrder(
                        "ExhaustedFailureResolver",
                        "JsonBodyAdvice",
                        "DeadlineFilter",
                        "InboundRequestFilter",
                        "Peer",
                        "RetrykitWebMvcAutoConfiguration",
                        "BufferedRequest",
                        "BufferedResponse",
                        "ServletExchange",
                        "IdempotencyFilter",
                        "ResponseWriter",
                        "EndpointAdapter",
                        "HandlerAdapters",
                        "BufferedDispatcher",
                        "KeyedCall",
                        "Payload",
                        "ArrivalFilter",
                        "ArrivingRequest",
                        "HandlerCall",
                        "HeaderRecorder",
                        "BufferedStream",
                        "MvcEndpoints",
                        "Redirect",
                        "RetrykitIdempotentMvcAutoConfiguration");
        assertThat(dependents(all, "jakarta.validation")).containsExactly("InvalidArguments");
        assertThat(dependents(all, BASE + "http.reactive", BASE + "failure.WebClientStatus"))
                .containsExactlyInAnyOrder(
                        "GuardFilter",
                        "ReplayableBody",
                        "WatchedBody",
                        "WebClients",
                        "WebClientPostProcessor",
                        "RetrykitClientAutoConfiguration",
                        "RetrykitWebClientAutoConfiguration",
                        "RetrykitHttpAutoConfiguration");
        assertThat(dependents(all, BASE + "call.ReactiveCallAdapter"))
                .containsExactlyInAnyOrder("CallAdapters", "SuspendCallAdapter", "FlowCallAdapter");
        assertThat(dependents(all, BASE + "call.SuspendCallAdapter", BASE + "call.FlowCallAdapter"))
                .containsExactly("CallAdapters");
        assertThat(dependents(all, "kotlin", BASE + "call.Coroutines"))
                .containsExactlyInAnyOrder("Coroutines", "FallbackMethod", "SuspendCallAdapter", "FlowCallAdapter");
    }

    private static Set<String> dependents(JavaClasses all, String... prefixes) {
        return all.stream()
                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass().getName())
                        .anyMatch(name -> Stream.of(prefixes).anyMatch(name::startsWith)))
                .map(type -> type.getName().replaceFirst("^.*\\.", "").replaceFirst("\\$.*$", ""))
                .collect(Collectors.toSet());
    }

    @ArchTest
    static void thereIsSomethingToLookAt(JavaClasses all) {
        assertThat(all).hasSizeGreaterThan(40);
        assertThat(all.stream().map(JavaClass::getPackageName).distinct()).hasSize(26);
    }

    @ArchTest
    static void noSourceFileIsLongerThan300Lines(JavaClasses all) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<Path> sources =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            assertThat(sources)
                    .hasSizeGreaterThan(40)
                    .allSatisfy(source -> assertThat(Files.readAllLines(source)).hasSizeLessThanOrEqualTo(300));
        }
    }

    private static DescribedPredicate<JavaAnnotation<?>> condition() {
        return DescribedPredicate.describe(
                "a condition",
                annotation -> annotation.getRawType().getSimpleName().startsWith("Conditional"));
    }
}
