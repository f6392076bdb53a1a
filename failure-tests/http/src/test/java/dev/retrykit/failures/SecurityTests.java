package dev.retrykit.failures;

import static dev.retrykit.failures.Loopback.failureOf;

import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jwt.proc.BadJWTException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.AuthorizationServiceException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.oauth2.client.ClientAuthorizationException;
import org.springframework.security.oauth2.client.ClientAuthorizationRequiredException;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtDecoderInitializationException;
import org.springframework.security.oauth2.jwt.JwtEncodingException;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OAuth2IntrospectionException;
import org.springframework.security.web.csrf.MissingCsrfTokenException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestTemplate;

/** What failures of Spring Security mean, and of what it asks for tokens and keys. */
class SecurityTests extends BookTests {

    private static final HttpServerErrorException BUSY = new HttpServerErrorException(HttpStatus.SERVICE_UNAVAILABLE);
    private static final ConnectException REFUSED = new ConnectException("Connection refused");

    static Stream<Row> rows() {
        return Stream.of(rights(), tokens(), login(), keys()).flatMap(rows -> rows);
    }

    private static Stream<Row> rights() {
        return Stream.of(
                row("Security: denied", new AccessDeniedException("x"), "neutral"),
                row(
                        "Security: not authorized",
                        new AuthorizationDeniedException("x", new AuthorizationDecision(false)),
                        "neutral"),
                row(
                        "Security: denied, in a wrapper",
                        new CompletionException(new AccessDeniedException("x")),
                        "neutral"),
                row("Security: no CSRF token", new MissingCsrfTokenException("x"), "neutral"),
                row("Security: can't decide", new AuthorizationServiceException("x"), "permanent"),
                row(
                        "Security: can't decide, since nothing listens",
                        new AuthorizationServiceException("x", REFUSED),
                        "transient"),
                row("Security: password", new BadCredentialsException("x"), "neutral"),
                row("Security: locked", new LockedException("x"), "neutral"),
                row("Security: no such user", new UsernameNotFoundException("x"), "neutral"),
                row("Security: can't know", new AuthenticationServiceException("x"), "permanent"),
                row(
                        "Security: can't know, since the database is slow",
                        new InternalAuthenticationServiceException("x", new QueryTimeoutException("x")),
                        "transient"),
                row("Security: firewall", new RequestRejectedException("x"), "neutral"));
    }

    private static Stream<Row> tokens() {
        return Stream.of(
                row("OAuth2: token request, 503", token(503, "{}"), "transient after 1s status 503"),
                row("OAuth2: token request, 401", token(401, "{}"), "neutral after 1s status 401"),
                row("OAuth2: token request, wrong client", token(400, "{\"error\":\"invalid_client\"}"), "neutral"),
                row("OAuth2: token request, the server fails", token(400, "{\"error\":\"server_error\"}"), "transient"),
                row("OAuth2: token request, no token", token(200, "{}"), "permanent"),
                row("OAuth2: token request, refused", failureOf(() -> token(Loopback.closedPort())), "transient"),
                row("OAuth2: not available", authorization("temporarily_unavailable", null), "transient"),
                row("OAuth2: not so fast", authorization("slow_down", null), "throttled"),
                row("OAuth2: grant", authorization("invalid_grant", null), "neutral"),
                row(
                        "OAuth2: no token, since the server is busy",
                        authorization("invalid_token_response", BUSY),
                        "transient status 503"),
                row(
                        "OAuth2: no token, since it takes too long",
                        authorization("invalid_token_response", new SocketTimeoutException("Read timed out")),
                        "transient"),
                row(
                        "OAuth2: a client's own",
                        new ClientAuthorizationException(new OAuth2Error("server_error"), "orders"),
                        "transient"),
                row("OAuth2: wants a user", new ClientAuthorizationRequiredException("orders"), "neutral"),
                row(
                        "OAuth2: wants a user, in a wrapper",
                        new RuntimeException(new ClientAuthorizationRequiredException("orders")),
                        "neutral"));
    }

    private static Stream<Row> login() {
        return Stream.of(
                row("OAuth2 login: not available", authentication("temporarily_unavailable", null), "transient"),
                row("OAuth2 login: token", authentication("invalid_token", null), "neutral"),
                row("OAuth2 login: no user info", authentication("invalid_user_info_response", null), "permanent"),
                row(
                        "OAuth2 login: no user info, since it is busy",
                        authentication("invalid_user_info_response", BUSY),
                        "transient status 503"),
                row("OAuth2: bearer token", new InvalidBearerTokenException("x"), "neutral"));
    }

    private static Stream<Row> keys() {
        JwtValidationException invalid = new JwtValidationException("x", List.of(new OAuth2Error("invalid_token")));
        return Stream.of(
                row("JWT: invalid", invalid, "neutral"),
                row("JWT: bad", new BadJwtException("x"), "neutral"),
                row("JWT: can't be made", new JwtEncodingException("x"), "neutral"),
                row("JWT: something", new JwtException("x"), "permanent"),
                row("JWT: no keys, since nothing listens", decoded(Loopback.closedPort()), "transient"),
                row("JWT: no keys, since the server is busy", decoded(), "transient after 1s status 503"),
                row(
                        "JWT: keys can't be parsed",
                        new JwtException("x", new RemoteKeySourceException("x", new java.text.ParseException("x", 0))),
                        "permanent"),
                row(
                        "JWT: no decoder",
                        new JwtDecoderInitializationException("x", new IllegalStateException("x")),
                        "permanent"),
                row(
                        "JWT: no decoder, since nothing listens",
                        new JwtDecoderInitializationException("x", REFUSED),
                        "transient"),
                row("opaque token: bad", new BadOpaqueTokenException("x"), "neutral"),
                row("opaque token: can't be asked", new OAuth2IntrospectionException("x", REFUSED), "transient"),
                row("opaque token: can't be read", new OAuth2IntrospectionException("x"), "permanent"),
                row("Nimbus: no keys", new JWKSetUnavailableException("x"), "permanent"),
                row(
                        "Nimbus: no keys, since nothing listens",
                        new JWKSetUnavailableException("x", REFUSED),
                        "transient"),
                row("Nimbus: asked too often", new RateLimitReachedException(), "neutral"),
                row("Nimbus: token", new BadJWTException("Expired JWT"), "neutral"));
    }

    private static Throwable authorization(String code, Throwable cause) {
        return new OAuth2AuthorizationException(new OAuth2Error(code), cause);
    }

    private static Throwable authentication(String code, Throwable cause) {
        return new OAuth2AuthenticationException(new OAuth2Error(code), "x", cause);
    }

    private static Object token(String url) {
        ClientRegistration registration = ClientRegistration.withRegistrationId("orders")
                .clientId("a")
                .clientSecret("b")
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .tokenUri(url)
                .build();
        return new RestClientClientCredentialsTokenResponseClient()
                .getTokenResponse(new OAuth2ClientCredentialsGrantRequest(registration));
    }

    private static Throwable token(int status, String body) {
        try (Loopback server = Loopback.json(status, body)) {
            return failureOf(() -> token(server.url()));
        }
    }

    private static final String TOKEN = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.eyJzdWIiOiJhIn0.c2ln";

    private static Throwable decoded(String url) {
        return failureOf(() -> NimbusJwtDecoder.withJwkSetUri(url)
                .restOperations(new RestTemplate(new JdkClientHttpRequestFactory()))
                .build()
                .decode(TOKEN));
    }

    private static Throwable decoded() {
        try (Loopback server = Loopback.json(503, "{}")) {
            return decoded(server.url());
        }
    }
}
