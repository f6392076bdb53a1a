package dev.retrykit.spring.idempotency.endpoint.servlet;

import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.util.StringUtils;

/** Parses the fields of a form body in the same way as a container. */
final class FormBody {

    private FormBody() {}

    /**
     * Returns the parameters of a query followed by those of a body.
     *
     * @throws IllegalArgumentException if the body cannot be decoded
     */
    static Map<String, String[]> merged(Map<String, String[]> query, byte[] body, Charset charset) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        query.forEach((name, values) -> all.put(name, new ArrayList<>(Arrays.asList(values))));
        for (String pair : StringUtils.delimitedListToStringArray(new String(body, StandardCharsets.ISO_8859_1), "&")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (!pair.isEmpty() && !name.isEmpty()) {
                all.computeIfAbsent(decoded(name, charset), absent -> new ArrayList<>(1))
                        .add(equals < 0 ? "" : decoded(pair.substring(equals + 1), charset));
            }
        }
        Map<String, String[]> merged = new LinkedHashMap<>();
        all.forEach((name, values) -> merged.put(name, values.toArray(String[]::new)));
        return merged;
    }

    /** Bytes that were sent without percent encoding are in the form's charset too. */
    private static String decoded(String text, Charset charset) {
        String raw = new String(text.getBytes(StandardCharsets.ISO_8859_1), charset);
        return URLDecoder.decode(raw, charset);
    }
}
