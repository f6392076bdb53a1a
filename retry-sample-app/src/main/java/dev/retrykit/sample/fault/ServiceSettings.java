package dev.retrykit.sample.fault;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/** {@code shop.inventory.*}, {@code shop.payment.*} and {@code shop.delivery.*}. */
@ConfigurationProperties("shop")
public record ServiceSettings(
        @DefaultValue Service inventory,
        @DefaultValue Service payment,
        @DefaultValue Service delivery) {

    /**
     * One service.
     *
     * @param port where the service in this process listens; 0: any free port
     * @param url where the shop asks instead
     */
    public record Service(
            @DefaultValue("0") int port, @Nullable URI url) {

        /** Without a slash at its end. */
        public String urlOr(FaultyService inProcess) {
            return url == null ? inProcess.url() : StringUtils.trimTrailingCharacter(url.toString(), '/');
        }
    }
}
