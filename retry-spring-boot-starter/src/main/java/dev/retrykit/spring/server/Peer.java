package dev.retrykit.spring.server;

import jakarta.servlet.ServletRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * WebFlux: from whom a request came, as the server gives it. Later it may bear an address that was made of a forwarded
 * header, which anybody can write.
 */
record Peer(@Nullable InetAddress address) {

    private static final boolean SERVLETS =
            ClassUtils.isPresent("jakarta.servlet.ServletRequest", Peer.class.getClassLoader());

    /** Notes it in the context of the request. */
    static Mono<Void> note(HttpHandler handler, ServerHttpRequest request, ServerHttpResponse response) {
        Peer peer = new Peer(address(request, true));
        return handler.handle(request, response).contextWrite(context -> context.put(Peer.class, peer));
    }

    /** As it was noted; else what the request says, unless Spring made that of a header: then it isn't resolved. */
    static @Nullable InetAddress of(ContextView context, ServerHttpRequest request) {
        Peer noted = context.getOrDefault(Peer.class, null);
        return noted == null ? address(request, false) : noted.address;
    }

    /**
     * Of a servlet container the text is read: Spring would look it up.
     *
     * @param asAccepted whether nobody has changed the request, so that what isn't resolved is the server's own
     */
    private static @Nullable InetAddress address(ServerHttpRequest request, boolean asAccepted) {
        Object accepted = request instanceof AbstractServerHttpRequest known ? known.getNativeRequest() : null;
        if (SERVLETS && Servlets.isRequest(accepted)) {
            return Servlets.address(accepted);
        }
        InetSocketAddress socket = request.getRemoteAddress();
        if (socket == null) {
            return null;
        }
        return socket.isUnresolved() && asAccepted ? AddressRange.literal(socket.getHostString()) : socket.getAddress();
    }

    /** Apart, so that it is loaded only where the library is. */
    private static final class Servlets {

        static boolean isRequest(@Nullable Object accepted) {
            return accepted instanceof ServletRequest;
        }

        static @Nullable InetAddress address(@Nullable Object accepted) {
            return accepted instanceof ServletRequest request ? AddressRange.literal(request.getRemoteAddr()) : null;
        }
    }
}
