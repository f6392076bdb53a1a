package dev.retrykit.spring.actuate;

import org.springframework.boot.actuate.endpoint.ApiVersion;
import org.springframework.boot.actuate.endpoint.Producible;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/** What a report can be sent as. Of several that a client accepts the last one here is sent: a browser's is the page. */
public enum ReportMediaType implements Producible<ReportMediaType> {

    /** Plain JSON. */
    JSON(MimeTypeUtils.APPLICATION_JSON),

    /** JSON as Boot's endpoints had it before. */
    V2(ApiVersion.V2.getProducedMimeType()),

    /** JSON as Boot's endpoints have it; what a client gets that accepts anything. */
    V3(ApiVersion.V3.getProducedMimeType()),

    /** The page. */
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
