package dev.retrykit.spring.expression;

import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.reflect.Modifier;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.core.KotlinDetector;

/** An annotated class that no proxy can stand in front of. */
public final class UnproxiableClass {

    private UnproxiableClass() {}

    /**
     * What stops the start.
     *
     * @param annotations those that its methods have
     */
    public static InvalidSettingException because(Class<?> type, String annotations, AopConfigException noProxy) {
        boolean isFinal = Modifier.isFinal(type.getModifiers());
        String remedy = "Let the class have a subclass";
        if (isFinal) {
            remedy = KotlinDetector.isKotlinType(type)
                    ? "Make the class and its functions open, or let the compiler plugin kotlin-spring do so, which"
                            + " opens a @Component, a @Service and the like"
                    : "Remove 'final' from the class (a record is always final)";
        }
        return new InvalidSettingException(
                MethodNames.simpleName(type) + " has methods with " + annotations + ", but " + type.getName()
                        + " can't be proxied: "
                        + (isFinal ? "it is final." : noProxy.getMessage()),
                remedy + ", or call it through an interface and set spring.aop.proxy-target-class=false.");
    }
}
