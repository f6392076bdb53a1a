package dev.retrykit.spring.idempotency.neighbor;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** Something to look for in a session. */
@Entity(name = "neighbor_account")
class Account {

    @Id
    Long id;
}
