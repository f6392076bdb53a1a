package dev.retrykit.spring.actuate;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * What the path of a request names. Boot merges path, query and body into one map, in which the latter win; rules for paths
 * and access logs see the path alone.
 *
 * @param variables the variables of the path; null where the web framework doesn't tell them
 */
record PathTarget(@Nullable Map<String, String> variables) {

    /** The same where the path has one variable. */
    @Nullable
    WebEndpointResponse<Object> contradiction(String name, String value) {
        return isSame(name, value) ? null : refused("'" + name + "'");
    }

    /** The answer to a request whose query or body names something else than its path; null if none does. */
    @Nullable
    WebEndpointResponse<Object> contradiction(String firstName, String first, String secondName, String second) {
        return isSame(firstName, first) && isSame(secondName, second)
                ? null
                : refused("'" + firstName + "' and '" + secondName + "'");
    }

    private static WebEndpointResponse<Object> refused(String names) {
        return RetryEndpoint.problem(
                WebEndpointResponse.STATUS_BAD_REQUEST,
                "The path alone names what is shown or changed, and the query or the body says otherwise. Remove "
                        + names + " from them.");
    }

    private boolean isSame(String name, String merged) {
        return variables == null || !variables.containsKey(name) || merged.equals(variables.get(name));
    }
}
