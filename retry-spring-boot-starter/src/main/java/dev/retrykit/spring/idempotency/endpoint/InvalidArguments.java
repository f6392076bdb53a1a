package dev.retrykit.spring.idempotency.endpoint;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.lang.reflect.Method;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.util.ClassUtils;
import org.springframework.validation.method.MethodValidationException;
import org.springframework.web.method.HandlerMethod;

/**
 * Detects from the failure of a handler's call whether the bean's own proxy validated the arguments and rejected them
 * ({@code @Validated} on the class). In that case the method was not entered.
 */
final class InvalidArguments {

    private static final boolean HAS_VIOLATIONS = ClassUtils.isPresent(
            "jakarta.validation.ConstraintViolationException", InvalidArguments.class.getClassLoader());

    private InvalidArguments() {}

    /**
     * Whether rejected arguments are why the method was not entered. Not the case for an invalid result, for a failure
     * of another validated method called by this one, and if the method was attempted before.
     */
    static boolean areWhy(Throwable failure, HandlerMethod called) {
        Handler handler = Handler.of(called);
        return isAboutArguments(failure, handler) && failure.getSuppressed().length == 0 && !passed(failure, handler);
    }

    private static boolean isAboutArguments(Throwable failure, Handler handler) {
        if (failure instanceof MethodValidationException invalid) {
            return !invalid.isForReturnValue()
                    && invalid.getMethod().getDeclaringClass().isAssignableFrom(handler.type())
                    && isSame(
                            invalid.getMethod().getName(),
                            List.of(invalid.getMethod().getParameterTypes()),
                            handler);
        }
        return HAS_VIOLATIONS && Violations.areAboutArguments(failure, handler);
    }

    private static boolean isSame(String name, List<Class<?>> types, Handler handler) {
        Method method = handler.method();
        return method.getName().equals(name)
                && List.of(method.getParameterTypes()).equals(types);
    }

    /** Whether the failure comes from inside the method. */
    private static boolean passed(Throwable failure, Handler handler) {
        String type = handler.method().getDeclaringClass().getName();
        String name = handler.method().getName();
        return Stream.of(failure.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(type)
                        && frame.getMethodName().equals(name));
    }

    /** A separate class, because not every application has the library. */
    private static final class Violations {

        private Violations() {}

        static boolean areAboutArguments(Throwable failure, Handler handler) {
            if (!(failure instanceof ConstraintViolationException invalid)) {
                return false;
            }
            Set<ConstraintViolation<?>> all = invalid.getConstraintViolations();
            return all != null && !all.isEmpty() && all.stream().allMatch(one -> isAboutArguments(one, handler));
        }

        private static boolean isAboutArguments(ConstraintViolation<?> violation, Handler handler) {
            Class<?> root = violation.getRootBeanClass();
            Iterator<Path.Node> nodes = violation.getPropertyPath().iterator();
            return root != null
                    && ClassUtils.getUserClass(root).equals(handler.type())
                    && nodes.hasNext()
                    && nodes.next() instanceof Path.MethodNode method
                    && isSame(method.getName(), method.getParameterTypes(), handler)
                    && nodes.hasNext()
                    && nodes.next().getKind() != ElementKind.RETURN_VALUE;
        }
    }
}
