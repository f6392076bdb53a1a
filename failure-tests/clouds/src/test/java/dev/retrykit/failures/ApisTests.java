package dev.retrykit.failures;

import com.auth0.client.mgmt.core.ManagementApiException;
import com.auth0.client.mgmt.core.OAuthTokenException;
import com.auth0.exception.APIException;
import com.auth0.exception.IdTokenValidationException;
import com.auth0.exception.RateLimitException;
import com.google.api.client.http.HttpHeaders;
import com.google.api.client.http.HttpResponseException;
import com.google.firebase.ErrorCode;
import com.google.firebase.FirebaseException;
import com.google.firebase.IncomingHttpResponse;
import com.google.firebase.OutgoingHttpRequest;
import com.google.maps.errors.AccessNotConfiguredException;
import com.google.maps.errors.InvalidRequestException;
import com.google.maps.errors.OverDailyLimitException;
import com.google.maps.errors.OverQueryLimitException;
import com.google.maps.errors.RequestDeniedException;
import com.google.maps.errors.UnknownErrorException;
import com.google.maps.errors.ZeroResultsException;
import com.slack.api.audit.AuditApiCompletionException;
import com.slack.api.audit.AuditApiException;
import com.slack.api.methods.MethodsCompletionException;
import com.slack.api.methods.SlackApiException;
import com.slack.api.scim.SCIMApiCompletionException;
import com.slack.api.scim.SCIMApiException;
import com.slack.api.status.v2.StatusApiException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.gitlab4j.api.GitLabApiException;
import org.kohsuke.github.GHFileNotFoundException;
import org.kohsuke.github.GHOTPRequiredException;
import org.kohsuke.github.HttpException;
import org.springframework.test.util.ReflectionTestUtils;
import org.telegram.telegrambots.meta.api.methods.send.SendMessage;
import org.telegram.telegrambots.meta.api.objects.ApiResponse;
import org.telegram.telegrambots.meta.api.objects.ResponseParameters;
import org.telegram.telegrambots.meta.exceptions.TelegramApiException;
import org.telegram.telegrambots.meta.exceptions.TelegramApiRequestException;
import org.telegram.telegrambots.meta.exceptions.TelegramApiValidationException;

/** What failures of clients of public APIs mean. */
class ApisTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(slack(), telegram(), firebase(), maps(), code(), auth0())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> slack() {
        return Stream.of(
                row("Slack: 429, Retry-After 30", slack(429, "Retry-After", "30"), "throttled after 30s status 429"),
                row("Slack: POST 500", slack(500), "unknown-effect status 500"),
                row("Slack: POST 503, Retry-After 1", slack(503, "Retry-After", "1"), "transient after 1s status 503"),
                row("Slack: POST 404", slack(404), "answered status 404"),
                row("Slack: in ExecutionException", new ExecutionException(slack(429)), "throttled status 429"),
                row("Slack async: 429", new MethodsCompletionException(null, slack(429), null), "throttled status 429"),
                row(
                        "Slack async: 500",
                        new MethodsCompletionException(null, slack(500), null),
                        "unknown-effect status 500"),
                row(
                        "Slack async: network",
                        new MethodsCompletionException(new SocketTimeoutException("timeout"), null, null),
                        "transient"),
                row(
                        "Slack async: other",
                        new MethodsCompletionException(null, null, new UnknownHostException("x")),
                        "transient"),
                row("Slack audit: GET 500", audit("GET", 500), "transient status 500"),
                row(
                        "Slack audit async: 404",
                        new AuditApiCompletionException(null, audit("GET", 404), null),
                        "answered status 404"),
                row(
                        "Slack SCIM: 429",
                        new SCIMApiException(OkAnswers.of("POST", 429), "{}", null),
                        "throttled status 429"),
                row(
                        "Slack SCIM 2: PATCH 500",
                        new com.slack.api.scim2.SCIM2ApiException(OkAnswers.of("PATCH", 500), "{}", null),
                        "unknown-effect status 500"),
                row(
                        "Slack SCIM async: GET 404",
                        new SCIMApiCompletionException(
                                null, new SCIMApiException(OkAnswers.of("GET", 404), "{}", null), null),
                        "answered status 404"),
                row(
                        "Slack SCIM 2 async: network",
                        new com.slack.api.scim2.SCIM2ApiCompletionException(
                                new SocketTimeoutException("x"), null, null),
                        "transient"),
                row(
                        "Slack status: 503",
                        new StatusApiException(OkAnswers.of("GET", 503), "{}"),
                        "transient status 503"));
    }

    private static Stream<Row> telegram() {
        return Stream.of(
                row("Telegram: 429, wait", telegram(429, 35), "throttled after 35s status 429"),
                row("Telegram: 400", telegram(400, null), "answered status 400"),
                row("Telegram: 403, blocked by the user", telegram(403, null), "neutral status 403"),
                row("Telegram: 502", telegram(502, null), "unknown-effect status 502"),
                row(
                        "Telegram: read timed out",
                        new TelegramApiException(new SocketTimeoutException("Read timed out")),
                        "unknown-effect"),
                row(
                        "Telegram: nothing listens?",
                        new TelegramApiException(new ConnectException("x")),
                        "unknown-effect"),
                row(
                        "Telegram: own parameter",
                        new TelegramApiValidationException("x", new SendMessage("", "")),
                        "neutral"));
    }

    private static Throwable telegram(int status, Integer wait) {
        ResponseParameters parameters = wait == null ? null : new ResponseParameters(null, wait);
        return new TelegramApiRequestException("x", new ApiResponse<>(false, status, "no", parameters, null));
    }

    private static Stream<Row> firebase() {
        return Stream.of(
                row("Firebase: POST 500", firebase("POST", 500, ErrorCode.INTERNAL), "unknown-effect status 500"),
                row("Firebase: GET 500", firebase("GET", 500, ErrorCode.INTERNAL), "transient status 500"),
                row(
                        "Firebase: POST 503, Retry-After 5",
                        firebase("POST", 503, ErrorCode.UNAVAILABLE, "Retry-After", "5"),
                        "transient after 5s status 503"),
                row("Firebase: POST 429", firebase("POST", 429, ErrorCode.RESOURCE_EXHAUSTED), "throttled status 429"),
                row("Firebase: POST 404", firebase("POST", 404, ErrorCode.NOT_FOUND), "answered status 404"),
                row("Firebase: POST 403", firebase("POST", 403, ErrorCode.PERMISSION_DENIED), "neutral status 403"),
                row(
                        "Firebase: network",
                        new FirebaseException(ErrorCode.UNKNOWN, "x", new SocketTimeoutException("x")),
                        "transient"),
                row("Firebase: UNAVAILABLE", firebase(ErrorCode.UNAVAILABLE), "transient"),
                row("Firebase: RESOURCE_EXHAUSTED", firebase(ErrorCode.RESOURCE_EXHAUSTED), "throttled"),
                row("Firebase: NOT_FOUND", firebase(ErrorCode.NOT_FOUND), "answered"),
                row("Firebase: UNAUTHENTICATED", firebase(ErrorCode.UNAUTHENTICATED), "neutral"),
                row("Firebase: UNKNOWN", firebase(ErrorCode.UNKNOWN), "permanent"));
    }

    private static Stream<Row> maps() {
        return Stream.of(
                row("Maps: rate", new OverQueryLimitException("x"), "throttled"),
                row("Maps: day", new OverDailyLimitException("x"), "neutral"),
                row("Maps: unknown error", new UnknownErrorException("x"), "transient"),
                row("Maps: denied", new RequestDeniedException("x"), "neutral"),
                row("Maps: not enabled", new AccessNotConfiguredException("x"), "neutral"),
                row("Maps: nothing found", new ZeroResultsException("x"), "answered"),
                row("Maps: own mistake", new InvalidRequestException("x"), "answered"),
                row("Maps in RuntimeException", new RuntimeException(new OverQueryLimitException("x")), "throttled"));
    }

    private static Stream<Row> code() {
        return Stream.of(
                row("GitHub: 502", github(502), "transient status 502"),
                row("GitHub: 422", github(422), "answered status 422"),
                row("GitHub: 403", github(403), "neutral status 403"),
                row("GitHub: 403, too many", limitedGithub(), "throttled after 60s status 403"),
                row("GitHub: 404", new GHFileNotFoundException("x", new IOException("x")), "answered"),
                row(
                        "GitHub: network",
                        new HttpException("x", -1, null, "u", new UnknownHostException("x")),
                        "transient"),
                row("GitHub: one-time password", new GHOTPRequiredException(), "neutral"),
                row("GitLab: 502", new GitLabApiException("x", 502), "transient status 502"),
                row("GitLab: 404", new GitLabApiException("x", 404), "answered status 404"),
                row("GitLab: network", new GitLabApiException(new SocketTimeoutException("x")), "transient"),
                row("GitLab: any", new GitLabApiException("x"), "unknown"));
    }

    private static Stream<Row> auth0() {
        return Stream.of(
                row("Auth0: 503", new APIException("x", 503, null), "transient status 503"),
                row("Auth0: 403", new APIException(Map.of("error", "invalid_grant"), 403), "neutral status 403"),
                row("Auth0: 404", new APIException("x", 404, null), "answered status 404"),
                row("Auth0: 429", limited(0), "throttled after 0s status 429"),
                row("Auth0: 429, Retry-After 3", limited(3), "throttled after 3s status 429"),
                row(
                        "Auth0 in RuntimeException",
                        new RuntimeException(new APIException("x", 503, null)),
                        "transient status 503"),
                row("Auth0: token isn't valid", new IdTokenValidationException("x"), "neutral"),
                row("Auth0 management: 503", new ManagementApiException("x", 503, "{}"), "transient status 503"),
                row(
                        "Auth0 management: 429, Retry-After 1",
                        new ManagementApiException("x", 429, "{}", OkAnswers.of("GET", 429, "Retry-After", "1")),
                        "throttled after 1s status 429"),
                row("Auth0 management: 409", new ManagementApiException("x", 409, "{}"), "answered status 409"),
                row("Auth0 management: no token", new OAuthTokenException("x"), "neutral"),
                row(
                        "Auth0 management: no token, network",
                        new OAuthTokenException("x", new SocketTimeoutException("x")),
                        "transient"));
    }

    private static SlackApiException slack(int status, String... headers) {
        return new SlackApiException(OkAnswers.of("POST", status, headers), "{}", null);
    }

    private static AuditApiException audit(String method, int status) {
        return new AuditApiException(OkAnswers.of(method, status), "{}", null);
    }

    private static Throwable firebase(ErrorCode code) {
        return new FirebaseException(code, "x", null);
    }

    private static Throwable firebase(String method, int status, ErrorCode code, String... header) {
        HttpHeaders headers = new HttpHeaders();
        if (header.length > 0) {
            headers.set(header[0], header[1]);
        }
        HttpResponseException cause = new HttpResponseException.Builder(status, "x", headers).build();
        OutgoingHttpRequest request = new OutgoingHttpRequest(method, "http://127.0.0.1/");
        return new FirebaseException(code, "x", cause, new IncomingHttpResponse(cause, request));
    }

    /** The client sets the field when it has read the header; without one it is zero. */
    private static Throwable limited(long seconds) {
        RateLimitException failure = new RateLimitException(10, 0, 1_700_000_000);
        ReflectionTestUtils.setField(failure, "retryAfter", seconds);
        return failure;
    }

    private static Throwable limitedGithub() {
        Throwable failure = github(403);
        ReflectionTestUtils.setField(failure, "responseHeaderFields", Map.of("Retry-After", List.of("60")));
        return failure;
    }

    private static Throwable github(int status) {
        return new HttpException("x", status, "no", "http://127.0.0.1/");
    }
}
