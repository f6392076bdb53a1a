package dev.retrykit.sample;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The last known price of each of the {@value #MAX} most recently priced articles; the list price for all others.
 * Thread-safe.
 */
@Component
class KnownPrices {

    /** Bounded, because the names of articles come from callers. */
    static final int MAX = 1000;

    private final BigDecimal list;
    private final Map<String, BigDecimal> last = new LinkedHashMap<>();

    KnownPrices(@Value("${shop.list-price}") BigDecimal list) {
        this.list = list;
    }

    synchronized void remember(String sku, BigDecimal amount) {
        last.remove(sku);
        last.put(sku, amount);
        if (last.size() > MAX) {
            last.remove(last.keySet().iterator().next());
        }
    }

    synchronized BigDecimal lastOrList(String sku) {
        return last.getOrDefault(sku, list);
    }
}
