package dev.retrykit.sample.fault;

import dev.retrykit.sample.problem.BadValueException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Controls the faults of the services. */
@RestController
@RequestMapping("/faults/{name}")
class FaultController {

    private final Map<String, FaultyService> services = new TreeMap<>();

    FaultController(List<FaultyService> services) {
        services.forEach(service -> this.services.put(service.name(), service));
    }

    @GetMapping
    FaultReport show(@PathVariable String name) {
        return service(name).report();
    }

    @PostMapping
    FaultReport change(@PathVariable String name, @RequestBody Map<String, @Nullable Object> body) {
        FaultyService service = service(name);
        service.faults(Faults.of(body));
        return service.report();
    }

    @PostMapping("/reset")
    FaultReport reset(@PathVariable String name) {
        FaultyService service = service(name);
        service.reset();
        return service.report();
    }

    private FaultyService service(String name) {
        FaultyService service = services.get(name);
        if (service == null) {
            throw BadValueException.unknown("service", name, "must be one of " + String.join(", ", services.keySet()));
        }
        return service;
    }
}
