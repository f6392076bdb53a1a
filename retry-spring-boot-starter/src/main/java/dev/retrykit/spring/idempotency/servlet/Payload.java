package dev.retrykit.spring.idempotency.servlet;

import dev.retrykit.spring.idempotency.http.Endpoint;
import dev.retrykit.spring.idempotency.http.EndpointRequest;
import dev.retrykit.spring.idempotency.http.Fingerprint;
import dev.retrykit.spring.idempotency.servlet.HeldRequest.Holding;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.util.StringUtils;
import org.springframework.web.multipart.MultipartRequest;
import org.springframework.web.util.WebUtils;

/**
 * What the handler of a request is going to read.
 *
 * @param held the request that the handler's own is, or wraps
 */
record Payload(Endpoint endpoint, HeldRequest held) {

    private static final int PIECE = 8_192;

    /**
     * The fingerprint of a request, its body included.
     *
     * @throws dev.retrykit.spring.idempotency.http.RefusedException if the body is too large, or was read by somebody else
     */
    String fingerprint(EndpointRequest about, HttpServletRequest request) throws IOException, ServletException {
        Fingerprint print = endpoint.fingerprint(about);
        if (print.isMultipart() && WebUtils.getNativeRequest(request, MultipartRequest.class) != null) {
            for (Part part : request.getParts()) {
                add(part, print);
            }
            return print.hex();
        }
        boolean isForm = print.isForm() && request.getMethod().equals("POST");
        Holding holding = held.hold(endpoint.rules().maxBody(), isForm);
        if (holding == Holding.TOO_LARGE) {
            throw endpoint.tooLarge();
        }
        if (isForm || holding == Holding.READ_BEFORE) {
            addFields(print, holding);
        } else {
            print.body(held.heldBody());
        }
        return print.hex();
    }

    /** A filter that has read a form has left its fields; one that has read another body has left nothing. */
    private void addFields(Fingerprint print, Holding holding) {
        Map<String, String[]> fields;
        try {
            fields = held.peekParameters();
        } catch (IllegalArgumentException undecodable) {
            throw endpoint.undecodable();
        }
        boolean areLeft = print.isForm() && count(fields) > queryFields();
        if (holding == Holding.READ_BEFORE && !areLeft) {
            throw endpoint.unreadable();
        }
        new TreeMap<>(fields).forEach((name, values) -> {
            print.part(name, String.valueOf(values.length));
            print.part(values);
        });
    }

    private static int count(Map<String, String[]> fields) {
        return fields.values().stream().mapToInt(values -> values.length).sum();
    }

    private long queryFields() {
        return Arrays.stream(StringUtils.delimitedListToStringArray(held.getQueryString(), "&"))
                .filter(pair -> !pair.isEmpty())
                .count();
    }

    private static void add(Part part, Fingerprint print) throws IOException {
        print.part(
                part.getName(),
                String.valueOf(part.getSubmittedFileName()),
                String.valueOf(part.getContentType()),
                String.valueOf(part.getSize()));
        try (InputStream content = part.getInputStream()) {
            byte[] piece = content.readNBytes(PIECE);
            while (piece.length > 0) {
                print.content(piece);
                piece = content.readNBytes(PIECE);
            }
        }
    }
}
