package dev.retrykit.spring.actuate;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * The target in the path of a request. Boot merges path, query and body into one map, in which the body wins; security
 * rules and access logs see only the path.
 *
 * @param variables the variables of the path; null if the web framework does not expose them
 */
record PathTarget(@Nullable Map<String, String> variables) {

    /**
     * Checks a path with one variable.
     *
     * @return a response that refuses the request; null if path and parameters agree
     */
    @Nullable
    WebEndpointResponse<Object> contradiction(String name, String value) {
        return isSame(name, value) ? null : refused("'" + name + "'");
    }

    /**
     * Checks a path with two variables.
     *
     * @return a response that refuses the request because its query or body contradicts its path; null if they agree
     */
    @Nullable
    WebEndpointResponse<Object> contradiction(String firstName, String first, String secondName, String second) {
        return isSame(firstName, first) && isSame(secondName, second)
                ? null
                : refused("'" + firstName + "' and '" + secondName + "'");
    }

    private static WebEndpointResponse<Object> refused(String names) {
        return RetryEndpoint.problem(
                WebEndpointResponse.STATUS_BAD_REQUEST,
                "Only the path selects the entry, and the query or the body contradicts it. Remove " + names
                        + " from them.");
    }

    private boolean isSame(String name, String merged) {
        return variables == null || !variables.containsKey(name) || merged.equals(variables.get(name));
    }
}
