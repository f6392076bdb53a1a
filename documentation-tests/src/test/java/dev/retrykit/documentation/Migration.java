package dev.retrykit.documentation;

import dev.retrykit.time.ManualTime;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.ReflectionUtils;

/** Runs the client that a page shows, before a migration and after it, with a warehouse that does what a test says. */
final class Migration {

    private final Page page;
    private final UnaryOperator<ApplicationContextRunner> before;

    /**
     * Of a page.
     *
     * @param before switches the old library on
     */
    Migration(String page, UnaryOperator<ApplicationContextRunner> before) {
        this.page = Page.of("docs/migrate/" + page);
        this.before = before;
    }

    /** What became of one call, or of several. */
    record Outcome(List<String> results, int callsOfTheWarehouse) {}

    /** With the client that the page shows first, and the yml if it shows two. */
    Outcome before(int calls, Warehouse warehouse) {
        List<Snippet> yml = page.snippets("yaml");
        ApplicationContextRunner runner = before.apply(new ApplicationContextRunner());
        return run(
                yml.size() > 1 ? with(runner, yml.get(0)) : runner,
                page.snippets("java").get(0),
                calls,
                warehouse);
    }

    /** With the client and the yml that the page shows last. */
    Outcome after(int calls, Warehouse warehouse) {
        List<Snippet> yml = page.snippets("yaml");
        ApplicationContextRunner runner = new ApplicationContextRunner()
                .withUserConfiguration(AutoConfigured.ByRetrykit.class)
                .withBean(ManualTime.class);
        return run(with(runner, yml.get(yml.size() - 1)), page.snippets("java").get(1), calls, warehouse);
    }

    private static ApplicationContextRunner with(ApplicationContextRunner runner, Snippet yml) {
        return runner.withInitializer(
                context -> context.getEnvironment().getPropertySources().addFirst(Yaml.properties(yml.text())));
    }

    private static Outcome run(ApplicationContextRunner runner, Snippet client, int calls, Warehouse warehouse) {
        List<String> results = new ArrayList<>();
        int[] called = new int[1];
        Class<?> type = JavaCompiler.compile(client.text()).load("InventoryClient");
        runner.withClassLoader(type.getClassLoader())
                .withBean(Warehouse.class, () -> sku -> {
                    called[0]++;
                    return warehouse.count(sku);
                })
                .withBean(type)
                .run(context -> {
                    Object bean = context.getBean(type);
                    for (int i = 0; i < calls; i++) {
                        results.add(count(bean));
                    }
                });
        return new Outcome(results, called[0]);
    }

    private static String count(Object client) {
        try {
            var count = ReflectionUtils.findMethod(client.getClass(), "count", String.class);
            count.setAccessible(true);
            return String.valueOf(ReflectionUtils.invokeMethod(count, client, "green-tea"));
        } catch (Exception failure) {
            Throwable thrown = failure instanceof UndeclaredThrowableException ? failure.getCause() : failure;
            return thrown.getClass().getSimpleName();
        }
    }
}
