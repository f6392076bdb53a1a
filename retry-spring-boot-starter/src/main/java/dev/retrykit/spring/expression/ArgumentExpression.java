package dev.retrykit.spring.expression;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;

/**
 * A SpEL expression over a method's arguments, such as {@code #region} or {@code #order.customer.id}; {@code @bean}
 * refers to a bean. It is parsed and checked once. If it is just an argument, the argument is used without evaluation.
 */
public final class ArgumentExpression {

    private static final SpelExpressionParser PARSER = new SpelExpressionParser();
    private static final Object NOTHING = new Object();

    private final String what;
    private final SpelExpression expression;
    private final ArgumentNames names;
    private final int argument;
    private final BeanFactory beans;

    private ArgumentExpression(String what, SpelExpression expression, ArgumentNames names, BeanFactory beans) {
        this.what = what;
        this.expression = expression;
        this.names = names;
        this.argument = argument(expression.getAST(), names);
        this.beans = beans;
    }

    /**
     * Parses and checks an expression.
     *
     * @param attribute the annotation and its attribute, for messages
     * @param type the called class
     * @throws InvalidSettingException if the expression is invalid, or refers to an unknown argument
     */
    public static ArgumentExpression parse(
            String attribute, String text, Method method, Class<?> type, BeanFactory beans) {
        return parse(new Source(attribute, text, text), method, type, beans);
    }

    /**
     * The source of an expression.
     *
     * @param attribute the annotation and its attribute, for messages
     * @param text the expression
     * @param shown the expression for messages, with its placeholders: resolved values may be secret
     */
    public record Source(String attribute, String text, String shown) {

        /** Whether messages may show the whole expression. */
        boolean isShown() {
            return text.equals(shown);
        }
    }

    /** Parses and checks an expression with placeholders. */
    public static ArgumentExpression parse(Source source, Method method, Class<?> type, BeanFactory beans) {
        String text = source.text();
        String what = source.attribute() + " " + MessageText.quoted(source.shown()) + " on "
                + MethodNames.readable(method, type);
        if (text.isBlank()) {
            throw new InvalidSettingException(
                    what + " is blank.", "Use an expression, such as #name for an argument, or remove the attribute.");
        }
        SpelExpression expression;
        try {
            expression = PARSER.parseRaw(text);
        } catch (ParseException | IllegalStateException unreadable) {
            String reason = source.isShown()
                    ? ": " + MessageText.line(String.valueOf(unreadable.getMessage()), 300) + "."
                    : " after its placeholders have been resolved.";
            throw new InvalidSettingException(
                    what + " is invalid" + reason, "Correct the expression. Refer to an argument as #name.");
        }
        ArgumentNames names = new ArgumentNames(method, type);
        check(source, what, names, expression);
        return new ArgumentExpression(what, expression, names, beans);
    }

    private static void check(Source source, String what, ArgumentNames names, SpelExpression expression) {
        try {
            new ExpressionCheck(what, names).of(expression.getAST());
        } catch (InvalidSettingException wrong) {
            throw source.isShown()
                    ? wrong
                    : new InvalidSettingException(
                            what + " is invalid after its placeholders have been resolved: it names an argument or a"
                                    + " property that does not exist. " + names.instead(""),
                            wrong.action());
        }
    }

    /**
     * Returns the value for a call.
     *
     * @throws IllegalArgumentException if the value is null or the evaluation fails; names the method and the
     *     expression
     */
    public Object value(@Nullable Object[] arguments) {
        Object value = find(arguments);
        if (value == null) {
            throw new IllegalArgumentException(what + " is null, so the method was not called.");
        }
        return value;
    }

    /** Returns the value for a call; may be null. */
    @Nullable
    Object find(@Nullable Object[] arguments) {
        return argument >= 0 ? arguments[argument] : evaluate(arguments);
    }

    private @Nullable Object evaluate(@Nullable Object[] arguments) {
        try {
            return expression.getValue(new Context(arguments));
        } catch (RuntimeException failed) {
            throw new IllegalArgumentException(
                    what + " failed, so the method was not called: "
                            + MessageText.line(String.valueOf(failed.getMessage()), 300),
                    failed);
        }
    }

    /** Whether the value depends on an argument. If not, the expression can be evaluated without arguments. */
    public boolean namesArguments() {
        return namesArguments(expression.getAST());
    }

    private boolean namesArguments(SpelNode node) {
        if (node instanceof VariableReference
                && names.position(node.toStringAST().substring(1)) >= 0) {
            return true;
        }
        for (int i = 0; i < node.getChildCount(); i++) {
            if (namesArguments(node.getChild(i))) {
                return true;
            }
        }
        return false;
    }

    private static int argument(SpelNode node, ArgumentNames names) {
        return node instanceof VariableReference
                ? names.position(node.toStringAST().substring(1))
                : -1;
    }

    /** The annotation, the expression and the method. */
    @Override
    public String toString() {
        return what;
    }

    /** Resolves the arguments of a call, by name and by number, and beans. */
    private final class Context extends StandardEvaluationContext {

        private final @Nullable Object[] arguments;

        Context(@Nullable Object[] arguments) {
            super(NOTHING);
            this.arguments = arguments;
            setBeanResolver(new BeanFactoryResolver(beans));
        }

        @Override
        public @Nullable Object lookupVariable(String name) {
            int position = names.position(name);
            return position < 0 ? null : arguments[position];
        }
    }
}
