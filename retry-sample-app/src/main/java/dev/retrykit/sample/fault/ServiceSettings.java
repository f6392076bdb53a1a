package dev.retrykit.sample.fault;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/** The settings {@code shop.inventory.*}, {@code shop.payment.*} and {@code shop.delivery.*}. */
@ConfigurationProperties("shop")
public record ServiceSettings(
        @DefaultValue Service inventory,
        @DefaultValue Service payment,
        @DefaultValue Service delivery) {

    /**
     * The settings of one service.
     *
     * @param port the port of the service in this process; 0 for any free port
     * @param url the URL of an external service to call instead
     */
    public record Service(
            @DefaultValue("0") int port, @Nullable URI url) {

        /** Returns the configured URL without a trailing slash, or that of the service in this process. */
        public String urlOr(FaultyService inProcess) {
            return url == null ? inProcess.url() : StringUtils.trimTrailingCharacter(url.toString(), '/');
        }
    }
}
