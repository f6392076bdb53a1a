package dev.retrykit.spring.idempotency.neighbor;

import org.springframework.core.convert.converter.Converter;

/** An order that wasn't taken yet, as an application loads an entity by its id. */
record OpenOrder(String id) {

    static final class FromId implements Converter<String, OpenOrder> {

        @Override
        public OpenOrder convert(String id) {
            if (Ledger.isTaken(id)) {
                throw new IllegalArgumentException("no open order " + id);
            }
            return new OpenOrder(id);
        }
    }
}
