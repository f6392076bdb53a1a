package dev.retrykit.sample;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.util.UriBuilderFactory;

/**
 * A client of the delivery service. Its retries and its circuit are configured without code: see the guard in {@code
 * application.yml}.
 */
@HttpExchange
interface DeliveryClient {

    /**
     * Returns the delivery time of an article.
     *
     * @param service the URL of the service, which the sample knows only at run time
     */
    @GetExchange("/delivery/{sku}")
    Delivery delivery(UriBuilderFactory service, @PathVariable String sku);
}
