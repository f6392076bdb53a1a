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
 * The method security around a handler, apart from everything else that its bean's proxy does. It decides who is given an
 * answer again, although the handler isn't called.
 *
 * <p>Spring Security 7 hides its interceptors behind private classes, and some of them behind a wrapper, so an
 * advisor is recognized by the interface {@code AuthorizationAdvisor} alone, its own or its advice's.
 */
public final class MethodSecurity {

    private static final @Nullable Class<?> ADVISOR =
            type("org.springframework.security.authorization.method.AuthorizationAdvisor");

    /** Spring Security's own advisors, which take arguments only from expressions. */
    private static final String OWN = "org.springframework.security.config.";

    private static final String PRE_AUTHORIZE = "org.springframework.security.access.prepost.PreAuthorize";
    private static final List<String> AFTER = List.of(
            "org.springframework.security.access.prepost.PostAuthorize",
            "org.springframework.security.access.prepost.PostFilter");
    private static final String PRE_FILTER = "org.springframework.security.access.prepost.PreFilter";

    /** Also what is no name: a brace begins what a template fills in, which may name any argument. */
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

    /** That of a handler whose bean is there. */
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

    /** A scoped proxy has none of its own: its target's proxy has. */
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

    /** Whether an advisor is one of method security. */
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

    /** Names after a number sign in the expressions that are asked before a call; {@code #filterTarget} names any. */
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

    /** Whether it looks at what a method returned, which can't be asked about an answer that is given again. */
    static boolean looksAtResults(HandlerMethod handler) {
        Handler known = Handler.of(handler);
        return ADVISOR != null
                && Stream.of(known.method(), known.type())
                        .map(element -> MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY))
                        .anyMatch(on -> AFTER.stream().anyMatch(on::isPresent));
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return advisors.isEmpty();
    }

    /** Whether it may name an argument: then it can't be asked before the arguments are resolved. */
    public boolean needsArguments() {
        return isForeign || !names.isEmpty();
    }

    /** Whether that argument is the only one that it names. */
    public boolean needsOnly(MethodParameter argument) {
        argument.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
        int index = argument.getParameterIndex();
        String name = argument.getParameterName();
        return !isForeign
                && Set.of(name == null ? "" : name, "p" + index, "a" + index).containsAll(names);
    }

    /**
     * Asks it without the handler's arguments, but for one.
     *
     * @param handler made by {@link #around}
     * @param index which argument is known; negative if none is
     * @return what the call came to
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
     * The handler with nothing around it but its method security.
     *
     * @param last what is called in place of the method, once that is allowed
     * @param validates whether arguments are validated as the method says
     */
    public HandlerMethod around(HandlerMethod handler, MethodInterceptor last, boolean validates) {
        HandlerMethod around = HandlerProxy.inPlaceOf(handler, handler.getMethod(), advisors, last);
        return validates ? around.createWithValidateFlags() : around;
    }

    /** Whether an advisor of the application is meant for a handler, but its bean's proxy doesn't have it. */
    static boolean isMissing(HandlerMethod handler, ListableBeanFactory beans) {
        if (ADVISOR == null || !of(handler).isEmpty()) {
            return false;
        }
        Handler known = Handler.of(handler);
        return beans.getBeanProvider(ADVISOR).stream().anyMatch(advisor -> matches(advisor, known));
    }
}
