package dev.retrykit.sample.fault;

/** The response of {@code /faults/{service}}: the faults, and the requests since the last reset. */
record FaultReport(String service, double failureRate, int latencyMs, int status, long received, long failed) {}
