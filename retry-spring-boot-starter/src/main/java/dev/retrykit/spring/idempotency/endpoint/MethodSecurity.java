package dev.retrykit.spring.idempotency.endpoint;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * The method security around a handler, without the other advisors of its bean's proxy. It decides who gets a replay,
 * although the handler is not called.
 *
 * <p>Spring Security 7 hides its interceptors behind private classes, and some of them behind a wrapper, so an advisor
 * is recognized only by the interface {@code AuthorizationAdvisor}, implemented by it or by its advice.
 */
public final class MethodSecurity {

    private static final @Nullable Class<?> ADVISOR =
            type("org.springframework.security.authorization.method.AuthorizationAdvisor");

    /** Spring Security's own advisors, which use arguments only in expressions. */
    private static final String OWN = "org.springframework.security.config.";

    private static final String PRE_AUTHORIZE = "org.springframework.security.access.prepost.PreAuthorize";
    private static final List<String> AFTER = List.of(
            "org.springframework.security.access.prepost.PostAuthorize",
            "org.springframework.security.access.prepost.PostFilter");
    private static final String PRE_FILTER = "org.springframework.security.access.prepost.PreFilter";

    /**
     * Names of arguments. A number sign without a name and the brace of a template also match, because they may refer
     * to any argument.
     */
    private static final Pattern NAMES = Pattern.compile("#(\\w*)|([{])");

    private final List<Advisor> advisors;
    private final boolean isForeign;
    private final Set<String> names;

    private MethodSecurity(List<Advisor> advisors, boolean isForeign, Set<String> names) {
        this.advisors = advisors;
        this.isForeign = isForeign;
        this.names = names;
    }

    private static @Nullable Class<?> type(String name) {
        ClassLoader loader = MethodSecurity.class.getClassLoader();
        return ClassUtils.isPresent(name, loader) ? ClassUtils.resolveClassName(name, loader) : null;
    }

    /** Returns the method security of a handler whose bean has been resolved. */
    public static MethodSecurity of(HandlerMethod handler) {
        if (ADVISOR == null) {
            return new MethodSecurity(List.of(), false, Set.of());
        }
        Handler known = Handler.of(handler);
        List<Advisor> advisors = new ArrayList<>();
        collect(handler.getBean(), known, advisors);
        boolean foreign = !advisors.stream().allMatch(MethodSecurity::isOwn);
        return new MethodSecurity(advisors, foreign, advisors.isEmpty() ? Set.of() : names(known));
    }

    /** A scoped proxy has no advisors of method security; the proxy of its target has them. */
    private static void collect(Object bean, Handler handler, List<Advisor> found) {
        if (bean instanceof Advised advised) {
            Stream.of(advised.getAdvisors())
                    .filter(MethodSecurity::isPartOf)
                    .filter(advisor -> matches(advisor, handler))
                    .forEach(found::add);
        }
        if (bean instanceof ScopedObject scoped) {
            collect(scoped.getTargetObject(), handler, found);
        }
    }

    private static boolean isOwn(Advisor advisor) {
        Object interceptor = isAuthorization(advisor) ? advisor : advisor.getAdvice();
        return interceptor.getClass().getName().startsWith(OWN);
    }

    /** Whether an advisor belongs to method security. */
    static boolean isPartOf(Advisor advisor) {
        return isAuthorization(advisor) || isAuthorization(advisor.getAdvice());
    }

    private static boolean isAuthorization(Object advisor) {
        return ADVISOR != null && ADVISOR.isInstance(advisor);
    }

    private static boolean matches(Object advisor, Handler handler) {
        return advisor instanceof PointcutAdvisor pointed
                && AopUtils.canApply(pointed.getPointcut(), handler.type())
                && pointed.getPointcut().getMethodMatcher().matches(handler.method(), handler.type());
    }

    /**
     * Returns the names of variables in the expressions that are evaluated before a call; {@code #filterTarget} may
     * refer to any argument.
     */
    private static Set<String> names(Handler handler) {
        return Stream.of(handler.method(), handler.type())
                .map(element -> MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY))
                .flatMap(on -> Stream.concat(
                        on.stream(PRE_AUTHORIZE).map(found -> found.getString("value")),
                        on.stream(PRE_FILTER).map(found -> "#filterTarget " + found.getString("value"))))
                .flatMap(expression -> NAMES.matcher(expression).results())
                .map(found -> found.group(found.group(1) == null ? 2 : 1))
                .collect(Collectors.toSet());
    }

    /** Whether method security checks the method's result, which is impossible for a replayed response. */
    static boolean looksAtResults(HandlerMethod handler) {
        Handler known = Handler.of(handler);
        return ADVISOR != null
                && Stream.of(known.method(), known.type())
                        .map(element -> MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY))
                        .anyMatch(on -> AFTER.stream().anyMatch(on::isPresent));
    }

    /** Whether there is no method security. */
    public boolean isEmpty() {
        return advisors.isEmpty();
    }

    /**
     * Whether method security may refer to an argument, so that it cannot be checked before the arguments are resolved.
     */
    public boolean needsArguments() {
        return isForeign || !names.isEmpty();
    }

    /** Whether the argument is the only one that method security refers to. */
    public boolean needsOnly(MethodParameter argument) {
        argument.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
        int index = argument.getParameterIndex();
        String name = argument.getParameterName();
        return !isForeign
                && Set.of(name == null ? "" : name, "p" + index, "a" + index).containsAll(names);
    }

    /**
     * Checks method security without the handler's arguments, except for one.
     *
     * @param handler created by {@link #around}
     * @param index index of the known argument; negative if none is known
     * @return the result of the call
     */
    public @Nullable Object ask(HandlerMethod handler, int index, @Nullable Object argument) throws Exception {
        Method method = handler.getMethod();
        Class<?>[] types = method.getParameterTypes();
        @Nullable Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            arguments[i] = i == index ? argument : HandlerProxy.nothing(types[i]);
        }
        return HandlerProxy.called(handler.getBean(), method, arguments);
    }

    /**
     * Returns the handler with its method security only.
     *
     * @param last called in place of the method, if access is granted
     * @param validates whether arguments are validated as declared on the method
     */
    public HandlerMethod around(HandlerMethod handler, MethodInterceptor last, boolean validates) {
        HandlerMethod around = HandlerProxy.inPlaceOf(handler, handler.getMethod(), advisors, last);
        return validates ? around.createWithValidateFlags() : around;
    }

    /** Whether an advisor of the application matches a handler, but is missing in its bean's proxy. */
    static boolean isMissing(HandlerMethod handler, ListableBeanFactory beans) {
        if (ADVISOR == null || !of(handler).isEmpty()) {
            return false;
        }
        Handler known = Handler.of(handler);
        return beans.getBeanProvider(ADVISOR).stream().anyMatch(advisor -> matches(advisor, known));
    }
}
