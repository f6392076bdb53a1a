package dev.retrykit.spring.idempotency.neighbor;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Controllers that an aspect of the application stands around. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Advised {}
