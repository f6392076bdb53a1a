package dev.retrykit.sample;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.util.UriBuilderFactory;

/** The delivery service, with retries and a circuit that no code knows of: see the guard in {@code application.yml}. */
@HttpExchange
interface DeliveryClient {

    /**
     * When an article comes.
     *
     * @param service where the service is, which the sample knows only once it runs
     */
    @GetExchange("/delivery/{sku}")
    Delivery delivery(UriBuilderFactory service, @PathVariable String sku);
}
