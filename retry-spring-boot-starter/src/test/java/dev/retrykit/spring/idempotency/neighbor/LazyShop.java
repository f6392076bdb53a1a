package dev.retrykit.spring.idempotency.neighbor;

import dev.retrykit.spring.idempotency.Shop;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An application that is started by the first test that needs it. A start that failed fails each of them, at once. */
final class LazyShop implements AutoCloseable {

    private final Supplier<Shop> start;
    private @Nullable Shop shop;
    private @Nullable RuntimeException failure;

    LazyShop(Supplier<Shop> start) {
        this.start = start;
    }

    Shop get() {
        if (failure != null) {
            throw new IllegalStateException("The application didn't start: " + failure.getMessage(), failure);
        }
        if (shop == null) {
            try {
                shop = start.get();
            } catch (RuntimeException failed) {
                failure = failed;
                throw failed;
            }
        }
        return shop;
    }

    @Override
    public void close() {
        if (shop != null) {
            shop.close();
        }
    }
}
