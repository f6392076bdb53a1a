package dev.retrykit.sample.fault;

import java.util.concurrent.ThreadLocalRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The services. They know every article: their responses are derived from its name. */
@Configuration(proxyBeanMethods = false)
class FaultyServices {

    @Bean
    FaultyService inventoryService(ServiceSettings settings, Dice dice) {
        return new FaultyService(
                "inventory",
                settings.inventory().port(),
                "/stock/",
                article -> "{\"available\":" + Math.floorMod(article.hashCode(), 50) + "}",
                dice);
    }

    @Bean
    FaultyService paymentService(ServiceSettings settings, Dice dice) {
        return new FaultyService(
                "payment",
                settings.payment().port(),
                "/price/",
                article -> "{\"amount\":" + price(article) + "}",
                dice);
    }

    @Bean
    FaultyService deliveryService(ServiceSettings settings, Dice dice) {
        return new FaultyService(
                "delivery",
                settings.delivery().port(),
                "/delivery/",
                article -> "{\"days\":" + (Math.floorMod(article.hashCode(), 5) + 1) + "}",
                dice);
    }

    @Bean
    Dice dice() {
        return () -> ThreadLocalRandom.current().nextDouble();
    }

    private static String price(String article) {
        int hash = article.hashCode();
        return Math.floorMod(hash, 90) + 10 + "." + (Math.floorMod(hash, 9) + 1) + "0";
    }
}
