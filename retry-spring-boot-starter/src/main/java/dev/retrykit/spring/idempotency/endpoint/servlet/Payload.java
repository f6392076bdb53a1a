package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.endpoint.Endpoint;
import dev.retrykit.spring.idempotency.endpoint.EndpointRequest;
import dev.retrykit.spring.idempotency.endpoint.content.Fingerprint;
import dev.retrykit.spring.idempotency.endpoint.servlet.BufferedRequest.Holding;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartRequest;
import org.springframework.web.util.WebUtils;

/**
 * The body that the handler of a request is going to read.
 *
 * @param held the handler's request, or the request that it wraps
 */
record Payload(Endpoint endpoint, BufferedRequest held) {

    private static final int PIECE = 8_192;

    /**
     * Returns the fingerprint of a request, including its body.
     *
     * @throws dev.retrykit.spring.idempotency.endpoint.RefusedException if the body is too large, or has been read
     *     already
     */
    String fingerprint(EndpointRequest about, HandlerMethod handler, HttpServletRequest request) throws IOException {
        Fingerprint print = endpoint.fingerprint(about, handler);
        MultipartRequest upload =
                print.isMultipart() ? WebUtils.getNativeRequest(request, MultipartRequest.class) : null;
        ArrivingRequest arrived = ArrivingRequest.of(request);
        if (upload != null) {
            addUpload(upload, request, print);
        } else if (arrived != null && arrived.isForm() && (arrived.isParsed() || !arrived.isStreamed())) {
            addForm(arrived, print);
        } else {
            addBody(print);
        }
        return print.hex();
    }

    /** Leaves both ways of reading a form to the handler, unless a filter has chosen one. */
    private void addForm(ArrivingRequest arrived, Fingerprint print) {
        boolean wasParsed = arrived.isParsed();
        try {
            addFields(held.getParameterMap(), print);
        } catch (IllegalArgumentException | IllegalStateException undecodable) {
            throw endpoint.undecodable();
        }
        if (!wasParsed) {
            arrived.rewind();
        }
    }

    private void addBody(Fingerprint print) throws IOException {
        Holding holding = held.hold(endpoint.rules().maxBody());
        if (holding == Holding.TOO_LARGE) {
            throw endpoint.tooLarge();
        }
        if (holding == Holding.HELD) {
            print.body(held.heldBody());
            return;
        }
        // a filter that has read a form leaves its fields; a filter that has read another body leaves nothing
        Map<String, String[]> fields = held.getParameterMap();
        if (!print.isForm() || count(fields) <= queryFields()) {
            throw endpoint.unreadable();
        }
        addFields(fields, print);
    }

    private static void addFields(Map<String, String[]> fields, Fingerprint print) {
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

    /** Adds an upload as its multipart resolver presents it. */
    private void addUpload(MultipartRequest upload, HttpServletRequest request, Fingerprint print) throws IOException {
        Map<String, List<MultipartFile>> files = new TreeMap<>(upload.getMultiFileMap());
        Map<String, String[]> fields = request.getParameterMap();
        if (files.isEmpty() && count(fields) <= queryFields() && request.getContentLengthLong() > 0) {
            throw endpoint.unreadable();
        }
        addFields(fields, print);
        for (Map.Entry<String, List<MultipartFile>> same : files.entrySet()) {
            for (MultipartFile file : same.getValue()) {
                print.part(same.getKey(), text(file.getOriginalFilename()), text(file.getContentType()));
                print.part(String.valueOf(file.getSize()));
                addContent(file, print);
            }
        }
    }

    private static String text(@Nullable String text) {
        return String.valueOf(text);
    }

    private static void addContent(MultipartFile file, Fingerprint print) throws IOException {
        try (InputStream content = file.getInputStream()) {
            byte[] piece = content.readNBytes(PIECE);
            while (piece.length > 0) {
                print.content(piece);
                piece = content.readNBytes(PIECE);
            }
        }
    }
}
