package dev.retrykit.spring.method;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Names;
import dev.retrykit.spring.settings.Texts;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/**
 * A SpEL expression over a method's arguments, as in {@code #region} or {@code #order.customer.id}; {@code @bean} stands
 * for a bean. It is parsed and checked once. One that is an argument alone is never evaluated: the argument is taken.
 */
final class ArgumentExpression {

    private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();
    private static final SpelExpressionParser PARSER = new SpelExpressionParser();
    private static final Pattern NUMBERED = Pattern.compile("[ap]\\d{1,3}");
    private static final Object NOTHING = new Object();

    private final String what;
    private final Method method;
    private final Expression expression;
    private final int argument;
    private final BeanFactory beans;

    private ArgumentExpression(String what, Method method, Expression expression, int argument, BeanFactory beans) {
        this.what = what;
        this.method = method;
        this.expression = expression;
        this.argument = argument;
        this.beans = beans;
    }

    /**
     * Parses and checks an expression.
     *
     * @param attribute the annotation and its attribute, for messages
     * @param readable the method, for messages
     * @throws InvalidSettingException if it can't be parsed, or names an argument that there isn't
     */
    static ArgumentExpression parse(String attribute, String text, Method method, String readable, BeanFactory beans) {
        String what = attribute + " " + Texts.quoted(text) + " on " + readable;
        SpelExpression expression;
        try {
            expression = PARSER.parseRaw(text);
        } catch (ParseException | IllegalStateException unreadable) {
            throw new InvalidSettingException(
                    what + " can't be read: " + Texts.line(String.valueOf(unreadable.getMessage()), 300) + ".",
                    "Correct the expression. An argument is written #name.");
        }
        List<String> names = names(method);
        new Check(what, names, method.getParameterCount()).of(expression.getAST(), true);
        return new ArgumentExpression(what, method, expression, argument(expression.getAST(), names), beans);
    }

    /** Its value for a call; whatever is wrong about it names the method and the expression. */
    Object value(@Nullable Object[] arguments) {
        Object value = argument >= 0 ? arguments[argument] : evaluate(arguments);
        if (value == null) {
            throw new IllegalArgumentException(what + " is null, so nothing was called.");
        }
        return value;
    }

    private @Nullable Object evaluate(@Nullable Object[] arguments) {
        MethodBasedEvaluationContext context = new MethodBasedEvaluationContext(NOTHING, method, arguments, NAMES);
        context.setBeanResolver(new BeanFactoryResolver(beans));
        try {
            return expression.getValue(context);
        } catch (RuntimeException failed) {
            throw new IllegalArgumentException(
                    what + " failed, so nothing was called: " + Texts.line(String.valueOf(failed.getMessage()), 300),
                    failed);
        }
    }

    private static List<String> names(Method method) {
        String[] names = NAMES.getParameterNames(method);
        List<String> known = new ArrayList<>(names == null ? List.of() : List.of(names));
        if (KotlinDetector.isSuspendingFunction(method) && known.size() == method.getParameterCount()) {
            known.remove(known.size() - 1);
        }
        return known;
    }

    private static int argument(SpelNode node, List<String> names) {
        if (!(node instanceof VariableReference)) {
            return -1;
        }
        String name = node.toStringAST().substring(1);
        return names.contains(name) ? names.indexOf(name) : Integer.parseInt(name.substring(1));
    }

    /** The annotation, the expression and the method. */
    @Override
    public String toString() {
        return what;
    }

    /** An expression has nothing to begin with but arguments and beans; and what is misspelt would be null. */
    private record Check(String what, List<String> names, int arguments) {

        /**
         * Checks a part of an expression and all that is in it.
         *
         * @param first whether the part has nothing before it or around it, such as an element of a list, that it may read
         *     from
         */
        void of(SpelNode node, boolean first) {
            if (first && node instanceof PropertyOrFieldReference property) {
                throw wrong("reads '" + property.getName() + "' of nothing", property.getName());
            }
            if (node instanceof VariableReference variable) {
                String name = variable.toStringAST().substring(1);
                boolean element = name.equals("this") && !first;
                if (!element && !names.contains(name) && !isNumbered(name)) {
                    throw wrong("names the argument '" + name + "', which there isn't", name);
                }
            }
            boolean inside = !first || node instanceof Selection || node instanceof Projection;
            for (int i = 0; i < node.getChildCount(); i++) {
                boolean continues = node instanceof CompoundExpression && i > 0;
                of(node.getChild(i), !continues && !inside);
            }
        }

        private boolean isNumbered(String name) {
            return NUMBERED.matcher(name).matches() && Integer.parseInt(name.substring(1)) < arguments;
        }

        private InvalidSettingException wrong(String reason, String name) {
            return new InvalidSettingException(
                    what + " " + reason + ". "
                            + (names.isEmpty()
                                    ? "The names of its arguments aren't known."
                                    : Names.suggestion(name, names)),
                    names.isEmpty()
                            ? "Compile with -parameters, or write #p0 for the first argument."
                            : "Write #name for an argument, #p0 for the first.");
        }
    }
}
