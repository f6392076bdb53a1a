package dev.retrykit.failures;

import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** Answers of OkHttp, which other clients keep in their failures. */
final class OkAnswers {

    private OkAnswers() {}

    static Response of(String method, int status, String... headers) {
        RequestBody body = method.equals("GET") ? null : RequestBody.create("{}", MediaType.get("application/json"));
        Response.Builder answer = new Response.Builder()
                .request(new Request.Builder()
                        .url("http://127.0.0.1/")
                        .method(method, body)
                        .build())
                .protocol(Protocol.HTTP_1_1)
                .code(status)
                .message("no")
                .body(ResponseBody.create("{}", MediaType.get("application/json")));
        for (int i = 0; i < headers.length; i += 2) {
            answer.addHeader(headers[i], headers[i + 1]);
        }
        return answer.build();
    }
}
