package dev.retrykit.sample.metrics;

import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** The queries that the documents hold. */
final class Queries {

    static final Path DASHBOARD = Path.of("../docs/grafana/retrykit.json");
    static final Path ALERTS = Path.of("../docs/prometheus/alerts.yml");

    private Queries() {}

    static List<String> all() {
        List<String> queries = new ArrayList<>(dashboard());
        queries.addAll(alerts());
        return queries;
    }

    /** As Grafana would send them for all applications, policies and circuits. */
    static List<String> dashboard() {
        List<String> queries = JsonPath.read(read(DASHBOARD), "$.panels[*].targets[*].expr");
        return queries.stream()
                .map(query -> query.replace("$__rate_interval", "1m").replaceAll("\\$(job|policy|circuit)", ".*"))
                .toList();
    }

    /** What fills the dashboard's menus, as in {@code label_values(name, label)}. */
    static List<String> menus() {
        return JsonPath.read(read(DASHBOARD), "$.templating.list[*].query.query");
    }

    static List<String> alerts() {
        Map<String, List<Map<String, List<Map<String, Object>>>>> file = new Yaml().load(read(ALERTS));
        return file.get("groups").stream()
                .flatMap(group -> group.get("rules").stream())
                .map(rule -> String.valueOf(rule.get("expr")))
                .toList();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
