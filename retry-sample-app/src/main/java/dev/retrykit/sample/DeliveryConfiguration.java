package dev.retrykit.sample;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.service.registry.ImportHttpServices;

/** The group of HTTP services that the guard is for. */
@Configuration(proxyBeanMethods = false)
@ImportHttpServices(group = "delivery", types = DeliveryClient.class)
class DeliveryConfiguration {}
