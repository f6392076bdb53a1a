package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.time.ManualTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.ConnectException;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A failure that is serializable stays serializable, whatever failed before it. */
class RetryStoppedSerialTests {

    private final Retry retry =
            Retry.builder("shop").timeSource(new ManualTime()).build();

    private static final class Unwritable extends IOException {

        private static final long serialVersionUID = 1;

        @SuppressWarnings("serial") // the subject of the test
        private final Object inside = new Object();

        Unwritable(Throwable cause) {
            super("no " + new Object().getClass().getSimpleName(), cause);
        }
    }

    private Throwable failWith(List<? extends Throwable> failures) {
        Iterator<? extends Throwable> next = failures.iterator();
        return catchThrowable(() -> retry.call(() -> {
            throw next.next();
        }));
    }

    private static Throwable copy(Throwable failure) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(failure);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (Throwable) in.readObject();
        }
    }

    private static RetryStopped stopOf(Throwable failure) {
        return (RetryStopped) failure.getSuppressed()[0];
    }

    @Test
    void whatCanBeWrittenArrivesAsItWas() throws Exception {
        Throwable copy = copy(failWith(
                List.of(new ConnectException("first"), new ConnectException("second"), new ConnectException("last"))));

        assertThat(copy).isInstanceOf(ConnectException.class).hasMessage("last");
        assertThat(stopOf(copy).reason()).isEqualTo(StopReason.EXHAUSTED);
        assertThat(stopOf(copy).attempts()).isEqualTo(3);
        assertThat(stopOf(copy).failures())
                .hasExactlyElementsOfTypes(ConnectException.class, ConnectException.class)
                .extracting(Throwable::getMessage)
                .containsExactly("first", "second");
    }

    @Test
    void whatCannotBeWrittenIsNamed() throws Exception {
        Unwritable first = new Unwritable(new ConnectException("down"));

        Throwable copy = copy(failWith(List.of(first, new ConnectException("second"), new ConnectException("last"))));

        assertThat(stopOf(copy).failures()).hasSize(2);
        assertThat(stopOf(copy).failures().get(0)).hasMessage(first.toString());
        assertThat(stopOf(copy).failures().get(0).getStackTrace()).isEqualTo(first.getStackTrace());
        assertThat(stopOf(copy).failures().get(1)).isInstanceOf(ConnectException.class);
    }

    @Test
    void failuresThatCarryOneAnotherAreWrittenToo() throws Exception {
        ConnectException first = new ConnectException("first");
        ConnectException last = new ConnectException("last");
        first.addSuppressed(
                new RetryStopped("inner", StopReason.EXHAUSTED, 2, java.time.Duration.ZERO, List.of(last), 0));

        Throwable copy = copy(failWith(List.of(first, new Unwritable(new ConnectException("down")), last)));

        assertThat(copy).hasMessage("last");
        Throwable copied = stopOf(copy).failures().get(0);
        assertThat(stopOf(copied).failures()).containsExactly(copy);
    }
}
