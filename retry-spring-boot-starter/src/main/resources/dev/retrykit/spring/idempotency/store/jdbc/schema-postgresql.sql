CREATE TABLE IF NOT EXISTS retrykit_idempotency (
  id VARCHAR(64) NOT NULL PRIMARY KEY,
  owner VARCHAR(36) NOT NULL,
  state VARCHAR(9) NOT NULL,
  fingerprint VARCHAR(64) NOT NULL,
  lease_until BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  answer BYTEA
);

CREATE INDEX IF NOT EXISTS retrykit_idempotency_expires_at ON retrykit_idempotency (expires_at);

CREATE TABLE IF NOT EXISTS retrykit_idempotency_lease (
  id VARCHAR(64) NOT NULL,
  owner VARCHAR(36) NOT NULL,
  lease_until BIGINT NOT NULL,
  PRIMARY KEY (id, owner)
);
