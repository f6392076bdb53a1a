package dev.retrykit.spring.idempotency.store.jdbc;

import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import dev.retrykit.spring.idempotency.store.StoredState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table of keys, with times relative to the database's clock.
 *
 * @param state CLAIMED, COMMITTED by a fenced transaction, DONE with a response, GONE without one, PART if the call
 *     failed after a commit
 * @param expiresIn in milliseconds
 * @param leaseLeft in milliseconds, negative if the lease is over
 */
record KeyRow(
        String owner, String state, String fingerprint, byte @Nullable [] answer, long expiresIn, long leaseLeft) {

    static KeyRow read(ResultSet row) throws SQLException {
        long left = row.getLong(6);
        long renewed = row.getLong(7);
        boolean isRenewed = !row.wasNull();
        return new KeyRow(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getBytes(4),
                row.getLong(5),
                isRenewed ? Math.max(left, renewed) : left);
    }

    boolean isFree(ClaimRequest request) {
        boolean over = leaseLeft < 0;
        boolean taken = state.equals("CLAIMED")
                && fingerprint.equals(request.fingerprint())
                && -leaseLeft >= request.grace().toMillis();
        return over && (expiresIn < 0 || taken);
    }

    StoredState found() {
        return switch (state) {
            case "DONE" -> StoredState.done(fingerprint, answer == null ? null : Answer.of(answer));
            case "GONE" -> StoredState.done(fingerprint, null);
            case "PART" -> StoredState.partial(fingerprint);
            default -> leaseLeft >= 0 ? StoredState.inFlight(fingerprint, Duration.ofMillis(leaseLeft)) : abandoned();
        };
    }

    /** Returns the state of an expired claim. Of several transactions, the holder may have committed only the first. */
    private StoredState abandoned() {
        return state.equals("COMMITTED") ? StoredState.partial(fingerprint) : StoredState.unknown(fingerprint);
    }
}
