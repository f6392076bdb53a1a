package dev.retrykit.failures;

import static dev.retrykit.failures.Attempts.failureOf;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What failures of the JDK's files mean. */
class FileTests extends BookTests {

    private static final String USED = "The process cannot access the file because it is being used by another process";

    static Stream<Row> rows() {
        return Stream.of(
                row("Files: no such file", failureOf(() -> Files.readString(Path.of("none"))), "permanent"),
                row("Files: the file is there", new FileAlreadyExistsException("a"), "permanent"),
                row("Files: no space", new FileSystemException("a", null, "No space left on device"), "permanent"),
                row("Files: no right", new AccessDeniedException("a"), "neutral"),
                row("Files: no right, by a stream", new FileNotFoundException("a (Permission denied)"), "neutral"),
                row("Files: used by another", new FileSystemException("a", null, USED), "transient"),
                row("Files: used by another, by a stream", new FileNotFoundException("a (" + USED + ")"), "transient"),
                row("Files: too many are open", new FileSystemException("a: Too many open files"), "transient"),
                row("Files: a share was mounted again", new FileSystemException("a: Stale file handle"), "transient"),
                row("Files: closed", new ClosedChannelException(), "transient"),
                row(
                        "Files: unchecked",
                        new UncheckedIOException(new IOException("no", new FileSystemException("a", null, USED))),
                        "transient"));
    }
}
