package dev.retrykit.documentation;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** What snippets use and don't show. */
abstract class Surroundings {

    Inventory client = new Inventory() {};
    Inventory inventory = client;
    Executor executor = Runnable::run;
    Ledger ledger = charge -> new Payment(charge.cents());
    String sku = "green-tea";
    String host = "inventory";

    record Stock(String sku, int count) {
        static final Stock UNKNOWN = new Stock("", 0);
    }

    record Hit(String title) {}

    record Message(String id) {}

    record Charge(long cents) {}

    record Order(String id, long cents) {}

    record Payment(long cents) {}

    interface Ledger {
        Payment book(Charge charge);
    }

    interface Inventory {

        default Stock stock(String sku) throws IOException {
            return Stock.UNKNOWN;
        }

        default CompletionStage<Stock> stockAsync(String sku) {
            return CompletableFuture.completedFuture(Stock.UNKNOWN);
        }
    }

    static final class Tenant {

        private Tenant() {}

        static String get() {
            return "";
        }

        static void runAs(String tenant, Runnable task) {
            task.run();
        }

        static <T> T callAs(String tenant, Supplier<T> task) {
            return task.get();
        }
    }

    static class InventoryClient {

        int count(String sku) throws IOException {
            return 7;
        }
    }

    @interface KafkaListener {
        String topics();
    }
}
