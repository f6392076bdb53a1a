package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.IdempotencyStore.Release;
import dev.retrykit.spring.idempotency.store.MemoryStore;
import dev.retrykit.spring.idempotency.store.StoredState;
import dev.retrykit.spring.idempotency.store.StoredState.State;
import dev.retrykit.spring.idempotency.store.jdbc.JdbcStore;
import dev.retrykit.spring.idempotency.store.redis.RedisStore;
import dev.retrykit.time.TimeSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What every store does, on real servers. A lease of less than nothing is over at once: nobody has to wait. */
class StoreContractTests {

    @Nested
    class InMemory extends Contract {

        InMemory() {
            super(new MemoryStore(TimeSource.system(), 100_000, 100_000_000));
        }
    }

    @Nested
    class InH2 extends Contract {

        InH2() {
            super(new JdbcStore(Servers.h2(), () -> false, () -> {}));
        }
    }

    @Nested
    @Tag("server")
    class InPostgres extends Contract {

        InPostgres() {
            super(new JdbcStore(Servers.postgres(), () -> false, () -> {}));
        }
    }

    @Nested
    @Tag("server")
    class InMariaDb extends Contract {

        InMariaDb() {
            super(new JdbcStore(Servers.mariaDb(), () -> false, () -> {}));
        }
    }

    @Nested
    @Tag("server")
    class InRedis extends Contract {

        InRedis() {
            super(new RedisStore(Servers.redis()));
        }
    }

    abstract static class Contract {

        private static final Duration LONG = Duration.ofMinutes(5);
        private static final Duration OVER = Duration.ofSeconds(-10);

        private final String id = Digest.of(UUID.randomUUID().toString());

        private final IdempotencyStore store;

        Contract(IdempotencyStore store) {
            this.store = store;
        }

        private static Answer answer(String body) {
            return new Answer(
                    201,
                    false,
                    List.of(new Answer.Header("Location", "/payments/1"), new Answer.Header("X-Ünï", "ä\u0000\n")),
                    body.getBytes(StandardCharsets.UTF_8));
        }

        private ClaimRequest request(String fingerprint, Duration lease, Duration grace) {
            return new ClaimRequest(Claim.of(id), Digest.of(fingerprint), lease, grace, LONG);
        }

        private Claim claimed(Duration lease) {
            ClaimRequest request = request("pay 10", lease, LONG);
            assertThat(store.claim(request).state()).isEqualTo(State.CLAIMED);
            return request.claim();
        }

        private StoredState repeat() {
            return store.claim(request("pay 10", LONG, LONG));
        }

        @Test
        void claimsWhatNobodyHas() {
            claimed(LONG);
            StoredState repeat = repeat();
            assertThat(repeat.state()).isEqualTo(State.IN_FLIGHT);
            assertThat(repeat.fingerprint()).isEqualTo(Digest.of("pay 10"));
            assertThat(repeat.leaseLeft()).isBetween(Duration.ofMinutes(4), LONG);
        }

        @Test
        void keepsTheAnswerByteForByte() {
            Claim claim = claimed(LONG);
            byte[] body = new byte[100_000];
            IntStream.range(0, body.length).forEach(i -> body[i] = (byte) i);
            assertThat(store.complete(claim, new Answer(200, false, answer("").headers(), body), LONG))
                    .isTrue();
            StoredState repeat = repeat();
            assertThat(repeat.state()).isEqualTo(State.DONE);
            assertThat(repeat.answer()).isNotNull();
            assertThat(repeat.answer().body()).isEqualTo(body);
            assertThat(repeat.answer().status()).isEqualTo(200);
            assertThat(repeat.answer().headers()).isEqualTo(answer("").headers());
        }

        @Test
        void keepsAnEmptyAnswer() {
            Claim claim = claimed(LONG);
            assertThat(store.complete(claim, Answer.none(), LONG)).isTrue();
            assertThat(repeat().answer()).isNotNull();
            assertThat(repeat().answer().body()).isEmpty();
        }

        @Test
        void keepsThatThereWasAnAnswer() {
            assertThat(store.complete(claimed(LONG), null, LONG)).isTrue();
            assertThat(repeat().state()).isEqualTo(State.TOMBSTONE);
        }

        @Test
        void tellsAnotherRequestsFingerprint() {
            claimed(LONG);
            assertThat(store.claim(request("pay 20", LONG, LONG)).fingerprint()).isEqualTo(Digest.of("pay 10"));
        }

        @Test
        void freesWhatHadNoEffect() {
            assertThat(store.release(claimed(LONG), LONG)).isEqualTo(Release.FREED);
            assertThat(store.claim(request("pay 20", LONG, LONG)).state()).isEqualTo(State.CLAIMED);
        }

        @Test
        void letsNobodyTakeOverWithinTheGrace() {
            claimed(OVER);
            assertThat(repeat().state()).isEqualTo(State.UNKNOWN);
            assertThat(store.claim(request("pay 10", LONG, Duration.ofSeconds(11)))
                            .state())
                    .isEqualTo(State.UNKNOWN);
        }

        @Test
        void letsTheNextOneTakeOverAfterTheGrace() {
            Claim first = claimed(OVER);
            ClaimRequest second = request("pay 10", LONG, Duration.ofSeconds(9));
            assertThat(store.claim(second).state()).isEqualTo(State.CLAIMED);
            assertThat(store.renew(first, LONG)).isFalse();
            assertThat(store.complete(first, answer("first"), LONG)).isFalse();
            assertThat(store.release(first, LONG)).isEqualTo(Release.LOST);
            assertThat(repeat().state()).isEqualTo(State.IN_FLIGHT);
            assertThat(store.complete(second.claim(), answer("second"), LONG)).isTrue();
            assertThat(repeat().answer().body()).asString().isEqualTo("second");
        }

        @Test
        void letsNoOtherRequestTakeOver() {
            claimed(OVER);
            StoredState other = store.claim(request("pay 20", LONG, Duration.ZERO));
            assertThat(other.state()).isEqualTo(State.UNKNOWN);
            assertThat(other.fingerprint()).isEqualTo(Digest.of("pay 10"));
        }

        @Test
        void completesAfterTheLeaseIfNobodyTookOver() {
            Claim claim = claimed(OVER);
            assertThat(store.complete(claim, answer("late"), LONG)).isTrue();
            assertThat(repeat().answer().body()).asString().isEqualTo("late");
        }

        @Test
        void renewsALeaseEvenIfItIsOver() {
            Claim claim = claimed(OVER);
            assertThat(store.renew(claim, LONG)).isTrue();
            assertThat(repeat().state()).isEqualTo(State.IN_FLIGHT);
            assertThat(repeat().leaseLeft()).isGreaterThan(Duration.ofMinutes(4));
            assertThat(store.renew(claim, LONG.multipliedBy(2))).isTrue();
            assertThat(repeat().leaseLeft()).isGreaterThan(Duration.ofMinutes(9));
            assertThat(store.claim(request("pay 10", LONG, Duration.ZERO)).state())
                    .isEqualTo(State.IN_FLIGHT);
            assertThat(store.complete(claim, answer("renewed"), LONG)).isTrue();
            assertThat(repeat().state()).isEqualTo(State.DONE);
        }

        @Test
        void renewsNothingThatHasEnded() {
            Claim claim = claimed(LONG);
            store.complete(claim, answer("done"), LONG);
            assertThat(store.renew(claim, LONG)).isFalse();
            assertThat(store.release(claim, LONG)).isEqualTo(Release.LOST);
            assertThat(repeat().answer().body()).asString().isEqualTo("done");
        }

        /** As a holder does whose store's answer was lost: so it learns whether somebody else has its key. */
        @Test
        void completesAgainWithoutAnyChange() {
            Claim claim = claimed(LONG);
            store.complete(claim, answer("done"), LONG);
            assertThat(store.complete(claim, answer("again"), OVER)).isTrue();
            assertThat(store.complete(claim, null, OVER)).isTrue();
            assertThat(store.complete(Claim.of(id), answer("another's"), LONG)).isFalse();
            assertThat(repeat().answer().body()).asString().isEqualTo("done");
            Claim another = new Claim(Digest.of(UUID.randomUUID().toString()), claim.owner());
            assertThat(store.complete(another, answer("nobody's"), LONG)).isFalse();
        }

        @Test
        void forgetsAnAnswerWhoseTimeIsOver() {
            store.complete(claimed(OVER), answer("old"), OVER);
            assertThat(store.claim(request("pay 20", LONG, LONG)).state()).isEqualTo(State.CLAIMED);
        }

        @Test
        void purgesWhatHasExpiredAndNothingElse() {
            Claim claim = claimed(OVER);
            store.purge();
            assertThat(repeat().state()).isEqualTo(State.UNKNOWN);
            store.complete(claim, answer("old"), OVER);
            store.purge();
            assertThat(store.free(id)).isFalse();
        }

        @Test
        void endsTheLeaseOfWhatIsAbandonedAtOnce() {
            Claim claim = claimed(LONG);
            store.abandon(claim);
            assertThat(repeat().state()).isEqualTo(State.UNKNOWN);
            assertThat(store.claim(request("pay 10", LONG, Duration.ZERO)).state())
                    .isEqualTo(State.CLAIMED);
            store.abandon(claim);
            assertThat(repeat().state()).isEqualTo(State.IN_FLIGHT);
        }

        @Test
        void endsALeaseThatWasRenewed() {
            Claim claim = claimed(LONG);
            assertThat(store.renew(claim, LONG.multipliedBy(2))).isTrue();
            store.abandon(claim);
            assertThat(repeat().state()).isEqualTo(State.UNKNOWN);
            assertThat(store.complete(claim, answer("late"), LONG)).isTrue();
            store.abandon(claim);
            assertThat(repeat().state()).isEqualTo(State.DONE);
        }

        @Test
        void isFreedByHandOnlyIfNobodyHoldsIt() {
            Claim claim = claimed(LONG);
            assertThat(store.free(id)).isFalse();
            store.complete(claim, null, LONG);
            assertThat(store.free(id)).isTrue();
            assertThat(repeat().state()).isEqualTo(State.CLAIMED);
            assertThat(store.free(Digest.of("nobody's"))).isFalse();
        }

        @Test
        void freesByHandWhatIsUnknown() {
            claimed(OVER);
            assertThat(store.free(id)).isTrue();
            assertThat(repeat().state()).isEqualTo(State.CLAIMED);
        }

        @Test
        void letsExactlyOneOfFiftyClaim() throws Exception {
            assertThat(AtOnce.call(50, () -> repeat().state()))
                    .containsOnlyOnce(State.CLAIMED)
                    .contains(State.IN_FLIGHT);
        }

        @Test
        void letsExactlyOneOfFiftyTakeOver() throws Exception {
            claimed(OVER);
            assertThat(AtOnce.call(
                            50,
                            () -> store.claim(request("pay 10", LONG, Duration.ZERO))
                                    .state()))
                    .containsOnlyOnce(State.CLAIMED);
        }
    }
}
