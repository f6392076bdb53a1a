package dev.retrykit.spring.actuate;

import dev.retrykit.spring.actuate.web.CsrfField;
import dev.retrykit.spring.actuate.web.ReportMediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.web.util.HtmlUtils;

/**
 * The HTML page for browsers: one file that loads only the report. Its content security policy allows only its own
 * script and style, identified by their hashes.
 */
public final class Page {

    private final String template;
    private final BooleanSupplier writable;

    /**
     * Reads the page's files.
     *
     * @param writable whether the endpoint is writable, so that the page has buttons
     */
    public Page(BooleanSupplier writable) {
        this.writable = writable;
        String style = read("page.css");
        String script = read("page.js");
        this.template = read("page.html")
                .replace("{{style-hash}}", hash(style))
                .replace("{{script-hash}}", hash(script))
                .replace("{{style}}", style)
                .replace("{{script}}", script);
    }

    /** Whether the page needs a CSRF token for its requests. */
    boolean needsToken() {
        return writable.getAsBoolean();
    }

    /**
     * Returns the response.
     *
     * @param token the token for write requests; null if none is needed
     */
    WebEndpointResponse<Object> answer(@Nullable CsrfField token) {
        String page = template.replace("{{writable}}", String.valueOf(writable.getAsBoolean()))
                .replace("{{csrf-header}}", token == null ? "" : HtmlUtils.htmlEscape(token.header()))
                .replace("{{csrf-token}}", token == null ? "" : HtmlUtils.htmlEscape(token.token()));
        return new WebEndpointResponse<>(page, ReportMediaType.PAGE);
    }

    private static String read(String name) {
        try (InputStream stream = Page.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("The jar of retrykit does not contain " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
