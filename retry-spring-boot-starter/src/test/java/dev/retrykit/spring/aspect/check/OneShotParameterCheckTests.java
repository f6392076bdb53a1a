package dev.retrykit.spring.aspect.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Scanner;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;

/** The start warns of retried methods with parameters that can be read once. */
@ExtendWith(OutputCaptureExtension.class)
class OneShotParameterCheckTests {

    private static final String ONCE = ", but can read its parameter ";

    private final ApplicationContextRunner app = Apps.with("""
            retrykit:
              policies:
                shop: { max-attempts: 3 }
                once: { max-attempts: 1 }
              circuits:
                shop: { minimum-calls: 20 }
            """);

    interface Store<T> {

        @Retryable("shop")
        void put(T content);
    }

    static class Uploads implements Store<InputStream> {

        @Override
        public void put(InputStream content) {}

        @Retryable("shop")
        public void stream(String name, InputStream in) {}

        @Retryable("shop")
        public void subtype(ByteArrayInputStream in) {}

        @Retryable("shop")
        public void reader(Reader in) {}

        @Retryable("shop")
        public void iterator(Iterator<String> lines) {}

        @Retryable("shop")
        public void objects(Stream<String> lines) {}

        @Retryable("shop")
        public void numbers(IntStream numbers) {}

        @Retryable("shop")
        public void scanner(Scanner scanner) {}

        @Retryable("shop")
        public void channel(ReadableByteChannel channel) {}

        @Retryable("shop")
        public void file(FileChannel file) {}

        @Retryable("shop")
        public void resource(InputStreamResource resource) {}

        @Retryable("shop")
        public void several(InputStream... parts) {}

        @Retryable("shop")
        public void listed(List<? extends Reader> parts) {}

        @Retryable("shop")
        public void perhaps(Optional<InputStream> part) {}

        @Retryable
        public void two(InputStream in, Reader header) {}
    }

    static class Harmless {

        @Retryable("shop")
        public void bytes(byte[] content, String name, Path path, List<String> lines, Iterable<String> more) {}

        @Retryable("shop")
        public void again(Resource resource, Object any, Supplier<InputStream> source) {}

        @Retryable("shop")
        public <T> void generic(T content, List<?> all, List raw) {}

        @Retryable("shop")
        public void published(Flow.Publisher<String> publisher) {}

        @Retryable("once")
        public void once(InputStream in) {}

        @CircuitGuarded("shop")
        public void guarded(InputStream in) {}

        public void notRetried(InputStream in) {}
    }

    @Test
    void oneForEachMethodWithTheRemedies(CapturedOutput output) {
        app.withBean("one", Uploads.class)
                .withBean("other", Uploads.class)
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output)
                .containsOnlyOnce(warning("Uploads.put(InputStream)", "shop", "'content' (InputStream)"))
                .containsOnlyOnce(warning("Uploads.stream(String, InputStream)", "shop", "'in' (InputStream)"))
                .containsOnlyOnce(
                        warning("Uploads.subtype(ByteArrayInputStream)", "shop", "'in' (ByteArrayInputStream)"))
                .containsOnlyOnce(warning("Uploads.reader(Reader)", "shop", "'in' (Reader)"))
                .containsOnlyOnce(warning("Uploads.iterator(Iterator)", "shop", "'lines' (Iterator)"))
                .containsOnlyOnce(warning("Uploads.objects(Stream)", "shop", "'lines' (Stream)"))
                .containsOnlyOnce(warning("Uploads.numbers(IntStream)", "shop", "'numbers' (IntStream)"))
                .containsOnlyOnce(warning("Uploads.scanner(Scanner)", "shop", "'scanner' (Scanner)"))
                .containsOnlyOnce(
                        warning("Uploads.channel(ReadableByteChannel)", "shop", "'channel' (ReadableByteChannel)"))
                .containsOnlyOnce(warning("Uploads.file(FileChannel)", "shop", "'file' (FileChannel)"))
                .containsOnlyOnce(
                        warning("Uploads.resource(InputStreamResource)", "shop", "'resource' (InputStreamResource)"))
                .containsOnlyOnce(warning("Uploads.several(InputStream[])", "shop", "'parts' (InputStream)"))
                .containsOnlyOnce(warning("Uploads.listed(List)", "shop", "'parts' (Reader)"))
                .containsOnlyOnce(warning("Uploads.perhaps(Optional)", "shop", "'part' (InputStream)"))
                .containsOnlyOnce(warning(
                        "Uploads.two(InputStream, Reader)", "Uploads.two", "'in' (InputStream) and 'header' (Reader)"))
                .contains("a byte[], a Path, a Supplier, or a Resource", "retrykit.http.guards");
        assertThat(output.getOut().split(ONCE, -1)).hasSize(16);
    }

    private static String warning(String method, String policy, String parameter) {
        return method + " is retried by the policy '" + policy + "'" + ONCE + parameter
                + " only once: a second attempt";
    }

    @Test
    void noneWhereAnAttemptFindsWhatTheFirstOneFound(CapturedOutput output) {
        app.withBean(Harmless.class).run(context -> assertThat(context).hasNotFailed());

        assertThat(output).doesNotContain(ONCE);
    }
}
