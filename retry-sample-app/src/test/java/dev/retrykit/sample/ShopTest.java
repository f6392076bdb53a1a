package dev.retrykit.sample;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;

/** The whole application on free ports, with {@link LoadedDice} and a {@link Shop} to talk to it. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"shop.inventory.port=0", "shop.payment.port=0", "shop.delivery.port=0"})
@Import({LoadedDice.class, Shop.class})
public @interface ShopTest {}
