package dev.retrykit.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads that are larger than the memory of the process that sends them. */
@Tag("process")
class UploadTests {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "http-components", "jetty", "reactor", "simple"})
    void passThroughASmallHeap(String transport) throws Exception {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:MaxDirectMemorySize=64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        UploadProcess.class.getName(),
                        transport,
                        directory.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(text)
                .as(text)
                .doesNotContain("OutOfMemoryError")
                .contains("UPLOADED ALL OF " + transport)
                .containsOnlyOnce("can't be sent again");
        assertThat(process.exitValue()).isZero();
    }

    /** A file without content on the disk. */
    static File sparse(Path directory, long size) throws Exception {
        Path file = directory.resolve("large");
        try (var raw = new java.io.RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(size);
        }
        return file.toFile();
    }

    /** Reads and counts. */
    static long drain(InputStream in) throws Exception {
        byte[] buffer = new byte[65536];
        long count = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            count += read;
        }
        return count;
    }
}
