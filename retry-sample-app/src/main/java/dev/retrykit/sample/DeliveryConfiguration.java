package dev.retrykit.sample;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.service.registry.ImportHttpServices;

/** The HTTP service group of the guard. */
@Configuration(proxyBeanMethods = false)
@ImportHttpServices(group = "delivery", types = DeliveryClient.class)
class DeliveryConfiguration {}
