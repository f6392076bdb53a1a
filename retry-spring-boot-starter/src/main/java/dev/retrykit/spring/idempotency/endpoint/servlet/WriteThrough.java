package dev.retrykit.spring.idempotency.endpoint.servlet;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.function.BooleanSupplier;

/** A writer that flushes immediately while the response is streamed, because no code flushes a writer at the end. */
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
