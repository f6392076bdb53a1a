package dev.retrykit.spring.idempotency.endpoint.content;

import dev.retrykit.spring.idempotency.Digest;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.ClassUtils;

/** A hash of a request's content: method, path, query, content type, conditions and body. */
public final class Fingerprint {

    private static final boolean KNOWS_JSON =
            ClassUtils.isPresent("tools.jackson.databind.json.JsonMapper", Fingerprint.class.getClassLoader());

    /** Headers that decide whether a request has an effect, or which part of a response it gets. */
    private static final List<String> CONDITIONS = List.of(
            HttpHeaders.IF_MATCH,
            HttpHeaders.IF_NONE_MATCH,
            HttpHeaders.IF_MODIFIED_SINCE,
            HttpHeaders.IF_UNMODIFIED_SINCE,
            HttpHeaders.IF_RANGE,
            HttpHeaders.RANGE);

    private final Digest digest = new Digest();
    private final @Nullable MediaType type;

    /**
     * Starts the fingerprint of a request, without its conditions and its body.
     *
     * @param query null if there is none
     * @param contentType as it was sent; null if there is none
     */
    public Fingerprint(String method, String path, @Nullable String query, @Nullable String contentType) {
        this.type = type(contentType);
        digest.add(method)
                .add(NormalUri.path(path))
                .add(query == null ? "" : NormalUri.of(query))
                .add(name(type, contentType));
    }

    private static @Nullable MediaType type(@Nullable String contentType) {
        try {
            return contentType == null ? null : MediaType.parseMediaType(contentType);
        } catch (InvalidMediaTypeException unreadable) {
            return null;
        }
    }

    /**
     * Parameters of the content type are ignored for JSON, which is always Unicode, and for multipart, whose boundary
     * differs each time.
     */
    private static String name(@Nullable MediaType type, @Nullable String contentType) {
        if (type == null) {
            return contentType == null ? "" : contentType;
        }
        boolean isPlain = isJson(type) || type.getType().equals("multipart");
        return isPlain
                ? type.getType() + "/" + type.getSubtype()
                : type.toString().toLowerCase(Locale.ROOT);
    }

    private static boolean isJson(MediaType type) {
        return type.getSubtype().equals("json") || type.getSubtype().endsWith("+json");
    }

    /**
     * Adds the headers that make a request conditional.
     *
     * @param values returns the values of a header; empty if it was not sent
     */
    public Fingerprint conditions(Function<String, List<String>> values) {
        for (String name : CONDITIONS) {
            List<String> sent = values.apply(name);
            digest.add(String.valueOf(sent.size()));
            sent.forEach(digest::add);
        }
        return this;
    }

    /** Whether the body is a form with named parts. */
    public boolean isMultipart() {
        return type != null && type.isCompatibleWith(MediaType.MULTIPART_FORM_DATA);
    }

    /** Whether the body is a form that is read as parameters. */
    public boolean isForm() {
        return type != null && type.isCompatibleWith(MediaType.APPLICATION_FORM_URLENCODED);
    }

    /** Adds the whole body. */
    public Fingerprint body(byte[] body) {
        byte[] content = type != null && KNOWS_JSON && isJson(type) ? JsonContent.of(body) : null;
        digest.add(content == null ? "bytes" : "json").add(content == null ? body : content);
        return this;
    }

    /** Adds the description of a part of the body, in order. */
    public Fingerprint part(String... about) {
        for (String text : about) {
            digest.add(text);
        }
        return this;
    }

    /** Adds the bytes of a part of the body. */
    public Fingerprint content(byte[] bytes) {
        digest.add(bytes);
        return this;
    }

    /** Returns the fingerprint in hexadecimal digits. Can be called once. */
    public String hex() {
        return digest.hex();
    }
}
