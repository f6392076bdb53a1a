package dev.retrykit.spring.idempotency.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.retrykit.spring.idempotency.Shop;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.springframework.boot.WebApplicationType;

/** Idempotent handlers in company: each neighbor, kind of handler and store, step by step. */
@Tag("server")
class NeighborTests {

    private static final Matrix MATRIX = new Matrix();

    @AfterAll
    static void write() throws IOException {
        MATRIX.write();
    }

    @TestFactory
    Stream<DynamicContainer> mvc() {
        return Stream.of(MvcNeighbors.TOGETHER, MvcNeighbors.SUPPORT, MvcNeighbors.REQUEST_SCOPE, MvcSecurity.CSRF)
                .flatMap(NeighborTests::withEachStore);
    }

    @TestFactory
    Stream<DynamicContainer> webFlux() {
        return Stream.of(FluxNeighbors.TOGETHER, FluxNeighbors.OTHER_KINDS, FluxNeighbors.SUPPORT, FluxSecurity.CSRF)
                .flatMap(NeighborTests::withEachStore);
    }

    private static Stream<DynamicContainer> withEachStore(Application application) {
        return Stream.of(Store.values()).map(store -> new Run(application, store).container());
    }

    /** One application with one store. */
    private static final class Run {

        private final Application application;
        private final Store store;
        private final LazyShop shop = new LazyShop(this::start);

        /** Handlers whose first run failed: each further step would wait for an answer, too. */
        private final Set<String> broken = new HashSet<>();

        Run(Application application, Store store) {
            this.application = application;
            this.store = store;
        }

        private Shop start() {
            Map<String, Object> settings = new LinkedHashMap<>(store.settings());
            settings.putAll(application.settings());
            return Shop.start(application.type(), settings, store.and(application.parts()));
        }

        DynamicContainer container() {
            return dynamicContainer(
                    application.name() + ", " + store,
                    application.neighbors().stream()
                            .flatMap(neighbor -> neighbor.kinds().stream().map(kind -> handler(neighbor, kind)))
                            .onClose(shop::close));
        }

        private DynamicNode handler(Neighbor neighbor, Kind kind) {
            return dynamicContainer(
                    neighbor.name() + ", " + kind, neighbor.steps().stream().map(step -> test(neighbor, kind, step)));
        }

        private DynamicTest test(Neighbor neighbor, Kind kind, Step step) {
            String stack = application.type() == WebApplicationType.SERVLET ? "MVC" : "WebFlux";
            String row = stack + ", " + neighbor.name() + ", " + kind;
            return dynamicTest(row + ", " + store + ": " + step.title(), () -> {
                MATRIX.add(row, store, step, false);
                assertThat(broken).as("handlers whose first run failed").doesNotContain(row);
                try {
                    new Cell(shop.get().url(""), neighbor, kind).run(step);
                } catch (Throwable failure) {
                    if (step == Step.FIRST) {
                        broken.add(row);
                    }
                    throw failure;
                }
                MATRIX.add(row, store, step, true);
            });
        }
    }
}
