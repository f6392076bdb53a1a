package dev.retrykit.spring.actuate.web;

import org.springframework.boot.actuate.endpoint.ApiVersion;
import org.springframework.boot.actuate.endpoint.Producible;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/** The media types of a report. If a client accepts several, the last one here is used: a browser gets the page. */
public enum ReportMediaType implements Producible<ReportMediaType> {

    /** Plain JSON. */
    JSON(MimeTypeUtils.APPLICATION_JSON),

    /** The previous JSON format of Boot's endpoints. */
    V2(ApiVersion.V2.getProducedMimeType()),

    /** The current JSON format of Boot's endpoints, and the default for clients that accept anything. */
    V3(ApiVersion.V3.getProducedMimeType()),

    /** The HTML page. */
    PAGE(MimeType.valueOf("text/html;charset=UTF-8"));

    private final MimeType type;

    ReportMediaType(MimeType type) {
        this.type = type;
    }

    @Override
    public MimeType getProducedMimeType() {
        return type;
    }

    @Override
    public boolean isDefault() {
        return this == V3;
    }
}
