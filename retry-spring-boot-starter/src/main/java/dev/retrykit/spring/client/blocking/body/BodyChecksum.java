package dev.retrykit.spring.client.blocking.body;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.springframework.http.StreamingHttpOutputMessage.Body;

/**
 * Records the size and checksum of a body that is written, up to a limit. One thread writes; others read afterwards.
 */
final class BodyChecksum extends OutputStream {

    private final @Nullable OutputStream out;
    private final @Nullable BodyChecksum before;
    private final long most;
    private final CRC32C sum = new CRC32C();
    private long size;
    private boolean over;
    private boolean ended;
    private boolean differs;

    /**
     * Whether the body could not be passed on: bytes that follow may not belong to it, such as Jackson's closing
     * brackets.
     */
    private boolean broken;

    private BodyChecksum(@Nullable OutputStream out, @Nullable BodyChecksum before, long most) {
        this.out = out;
        this.before = before;
        this.most = most;
    }

    /**
     * Creates a stream that passes a body on.
     *
     * @param most the number of bytes to record
     */
    static BodyChecksum passingOn(OutputStream out, long most) {
        return new BodyChecksum(out, null, most);
    }

    /**
     * Writes a body to no destination, until the body differs from what was written before.
     *
     * @param before the expected beginning
     * @param most the number of bytes to write at most
     */
    static BodyChecksum look(Body body, BodyChecksum before, long most) {
        BodyChecksum look = new BodyChecksum(null, before, most);
        try {
            look.compare();
            body.writeTo(look);
            look.end();
        } catch (IOException | RuntimeException cutOff) {
            // it was stopped as intended, or it cannot be written again
        }
        return look;
    }

    /** Reports that the whole body was written. */
    void end() {
        ended = true;
    }

    /** Returns the recorded size in bytes. */
    long size() {
        return size;
    }

    /** Whether the whole body was written and recorded. */
    boolean isWhole() {
        return ended && !over && !broken;
    }

    /** Whether the body starts with what was written before, and has the same length as far as that is recorded. */
    boolean isSame() {
        return before != null && !differs && size >= before.size && (over || isWhole() && !before.over);
    }

    @Override
    public void write(int next) throws IOException {
        write(new byte[] {(byte) next}, 0, 1);
    }

    @Override
    public void write(byte[] part, int offset, int count) throws IOException {
        if (!broken) {
            remember(part, offset, count);
        }
        if (out != null) {
            passOn(out, part, offset, count);
        } else if (over) {
            throw new IOException("the compared part has been written");
        }
    }

    private void passOn(OutputStream next, byte[] part, int offset, int count) throws IOException {
        boolean passed = false;
        try {
            next.write(part, offset, count);
            passed = true;
        } finally {
            broken |= !passed;
        }
    }

    private void remember(byte[] part, int offset, int count) throws IOException {
        int taken = (int) Math.min(count, most - size);
        over |= taken < count;
        int until = before != null && size < before.size ? (int) Math.min(taken, before.size - size) : taken;
        add(part, offset, until);
        compare();
        add(part, offset + until, taken - until);
    }

    private void add(byte[] part, int offset, int count) {
        sum.update(part, offset, count);
        size += count;
    }

    private void compare() throws IOException {
        if (before != null && size == before.size && sum.getValue() != before.sum.getValue()) {
            differs = true;
        }
        if (differs) {
            throw new IOException("the body differs from what was written before");
        }
    }

    @Override
    public void flush() throws IOException {
        if (out == null) {
            return;
        }
        boolean flushed = false;
        try {
            out.flush();
            flushed = true;
        } finally {
            broken |= !flushed;
        }
    }

    @Override
    public void close() throws IOException {
        if (out != null) {
            out.close();
        }
    }
}
