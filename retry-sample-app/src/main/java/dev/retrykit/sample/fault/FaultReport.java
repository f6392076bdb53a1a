package dev.retrykit.sample.fault;

/** What {@code /faults/{service}} answers: the faults, and the requests since the last reset. */
record FaultReport(String service, double failureRate, int latencyMs, int status, long received, long failed) {}
