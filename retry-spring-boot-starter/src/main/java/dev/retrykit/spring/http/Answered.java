package dev.retrykit.spring.http;

import dev.retrykit.spring.failure.Answer;

/**
 * What an attempt of a guard returns.
 *
 * @param response the client's own object
 * @param answer what it says about trying again
 */
public record Answered<R>(R response, Answer answer) implements Answer.Holder {}
