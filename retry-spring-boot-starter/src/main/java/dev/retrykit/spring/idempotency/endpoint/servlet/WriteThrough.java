package dev.retrykit.spring.idempotency.endpoint.servlet;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.function.BooleanSupplier;

/** What is written bit by bit gets through at once: nobody flushes a writer when the answer is complete. */
final class WriteThrough extends FilterWriter {

    private final BooleanSupplier isStreaming;

    WriteThrough(Writer out, BooleanSupplier isStreaming) {
        super(out);
        this.isStreaming = isStreaming;
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        out.write(text, offset, length);
        flushIfStreaming();
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
        out.write(text, offset, length);
        flushIfStreaming();
    }

    @Override
    public void write(int character) throws IOException {
        out.write(character);
        flushIfStreaming();
    }

    private void flushIfStreaming() throws IOException {
        if (isStreaming.getAsBoolean()) {
            out.flush();
        }
    }
}
