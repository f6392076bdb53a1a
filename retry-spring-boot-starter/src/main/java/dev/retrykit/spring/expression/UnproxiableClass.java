package dev.retrykit.spring.expression;

import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.reflect.Modifier;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.core.KotlinDetector;

/** Reports an annotated class that cannot be proxied. */
public final class UnproxiableClass {

    private UnproxiableClass() {}

    /**
     * Creates the exception that fails startup.
     *
     * @param annotations the annotations of its methods
     */
    public static InvalidSettingException because(Class<?> type, String annotations, AopConfigException noProxy) {
        boolean isFinal = Modifier.isFinal(type.getModifiers());
        String remedy = "Make the class extensible";
        if (isFinal) {
            remedy = KotlinDetector.isKotlinType(type)
                    ? "Make the class and its functions open, or use the kotlin-spring compiler plugin, which opens"
                            + " classes with @Component, @Service and similar annotations"
                    : "Remove 'final' from the class (a record is always final)";
        }
        return new InvalidSettingException(
                MethodNames.simpleName(type) + " has methods with " + annotations + ", but " + type.getName()
                        + " cannot be proxied: "
                        + (isFinal ? "it is final." : noProxy.getMessage()),
                remedy + ", or call it through an interface and set spring.aop.proxy-target-class=false.");
    }
}
