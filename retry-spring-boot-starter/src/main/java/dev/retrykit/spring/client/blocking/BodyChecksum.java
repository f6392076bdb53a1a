package dev.retrykit.spring.client.blocking;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.springframework.http.StreamingHttpOutputMessage.Body;

/** The size and the checksum of what was written of a body, up to a limit. One thread writes; others read after it. */
final class BodyChecksum extends OutputStream {

    private final @Nullable OutputStream out;
    private final @Nullable BodyChecksum before;
    private final long most;
    private final CRC32C sum = new CRC32C();
    private long size;
    private boolean over;
    private boolean ended;
    private boolean differs;

    /** Whether it couldn't be passed on: what comes then may be no part of the body, such as Jackson's closing brackets. */
    private boolean broken;

    private BodyChecksum(@Nullable OutputStream out, @Nullable BodyChecksum before, long most) {
        this.out = out;
        this.before = before;
        this.most = most;
    }

    /**
     * Passes a body on.
     *
     * @param most how many bytes are remembered
     */
    static BodyChecksum passingOn(OutputStream out, long most) {
        return new BodyChecksum(out, null, most);
    }

    /**
     * Writes a body into nothing, until it differs from what was written before.
     *
     * @param before what it has to begin with
     * @param most it is written up to this size
     */
    static BodyChecksum look(Body body, BodyChecksum before, long most) {
        BodyChecksum look = new BodyChecksum(null, before, most);
        try {
            look.compare();
            body.writeTo(look);
            look.end();
        } catch (IOException | RuntimeException cutOff) {
            // it ends where it may, or it can't be written again
        }
        return look;
    }

    /** All of it was written. */
    void end() {
        ended = true;
    }

    /** In bytes, as far as they are remembered. */
    long size() {
        return size;
    }

    /** Whether all of it was written and is remembered. */
    boolean isWhole() {
        return ended && !over && !broken;
    }

    /** Whether it begins with what was written before, and is as long, as far as that is remembered. */
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
            throw new IOException("as much as is compared was written");
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
            throw new IOException("it differs from what was written before");
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
