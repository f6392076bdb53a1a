package dev.retrykit.spring.actuate;

import dev.retrykit.spring.idempotency.Shop;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.WebApplicationType;

/**
 * Prints what a refresh of the page and a scrape cost with as many policies and circuits as the argument says,
 * or 1,000, over a real socket. A program: a timing is no test.
 */
final class OperationsCost {

    private static final int WARM_UP = 200;
    private static final int REQUESTS = 100;

    private OperationsCost() {}

    public static void main(String[] args) {
        Map<String, Object> settings = new LinkedHashMap<>(Map.of(
                "management.endpoints.web.exposure.include", "retry,prometheus",
                "logging.level.root", "error"));
        int howMany = args.length == 0 ? 1_000 : Integer.parseInt(args[0]);
        for (int i = 0; i < howMany; i++) {
            settings.put("retrykit.policies.service-" + i + ".max-attempts", "4");
            settings.put("retrykit.circuits.service-" + i + ".failure-rate", "50");
        }
        long began = System.nanoTime();
        try (Shop shop = Shop.start(WebApplicationType.SERVLET, settings)) {
            System.out.printf("start %d ms%n", (System.nanoTime() - began) / 1_000_000);
            print(shop, "/actuator/retry");
            print(shop, "/actuator/retry?settings=false");
            print(shop, "/actuator/retry/circuits/service-7");
            print(shop, "/actuator/prometheus");
        }
    }

    private static void print(Shop shop, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(shop.url(path))).build();
        long[] nanos = new long[REQUESTS];
        int size = 0;
        for (int i = -WARM_UP; i < REQUESTS; i++) {
            long began = System.nanoTime();
            HttpResponse<byte[]> answer = Shop.send(request);
            size = answer.body().length;
            if (i >= 0) {
                nanos[i] = System.nanoTime() - began;
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                "%s: median %.1f ms, 99th percentile %.1f ms, %d kB%n",
                path, nanos[REQUESTS / 2] / 1e6, nanos[REQUESTS * 99 / 100] / 1e6, size / 1_000);
    }
}
