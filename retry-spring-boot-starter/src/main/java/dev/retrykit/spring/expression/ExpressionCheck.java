package dev.retrykit.spring.expression;

import dev.retrykit.spring.settings.InvalidSettingException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.ConstructorReference;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.InlineMap;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.VariableReference;

/**
 * Finds at start what an expression over arguments can't mean: it has nothing to begin with but arguments, beans, types
 * and constants, and a misspelt one would be null or fail at each call.
 */
record ExpressionCheck(String what, ArgumentNames names) {

    /** What a name without a sign is read from. */
    private enum Source {
        /** Nothing: there is no root object. */
        NOTHING,
        /** What stands before the point. */
        BEFORE,
        /** The element of a list, within {@code ?[ ]} or {@code ![ ]}. */
        ELEMENT
    }

    /**
     * Checks a whole expression.
     *
     * @throws InvalidSettingException for the first thing that is wrong
     */
    void of(SpelNode expression) {
        check(expression, Source.NOTHING, Source.NOTHING);
    }

    /**
     * Checks a part of an expression and all that is in it.
     *
     * @param active what a name is read from here
     * @param scope what it is read from where something begins anew, as the arguments of a call do
     */
    private void check(SpelNode node, Source active, Source scope) {
        if (active == Source.NOTHING && node instanceof PropertyOrFieldReference property) {
            throw wrong("reads '" + property.getName() + "' of nothing", property.getName());
        }
        if (active == Source.NOTHING && node instanceof MethodReference call) {
            throw wrong("calls '" + call.getName() + "' of nothing", call.getName());
        }
        if (node instanceof FunctionReference) {
            throw wrong("calls a function, '" + node.toStringAST() + "', and there are none", "");
        }
        if (node instanceof VariableReference) {
            variable(node.toStringAST().substring(1), active);
        }
        boolean elements = node instanceof Selection || node instanceof Projection;
        boolean anew =
                node instanceof MethodReference || node instanceof ConstructorReference || node instanceof Indexer;
        for (int i = 0; i < node.getChildCount(); i++) {
            SpelNode child = node.getChild(i);
            if (elements) {
                check(child, Source.ELEMENT, Source.ELEMENT);
            } else if (!isMapKey(node, i, child)) {
                boolean continues = node instanceof CompoundExpression && i > 0;
                check(child, continues ? Source.BEFORE : anew ? scope : active, scope);
            }
        }
    }

    /** In braces, and in brackets after a map, a name stands for itself. */
    private static boolean isMapKey(SpelNode node, int index, SpelNode child) {
        boolean mayBeKey = node instanceof Indexer || node instanceof InlineMap && index % 2 == 0;
        return mayBeKey && child instanceof PropertyOrFieldReference;
    }

    private void variable(String name, Source active) {
        boolean element = name.equals("this") && active == Source.ELEMENT;
        if (!element && names.position(name) < 0) {
            throw wrong("names the argument '" + name + "', which there isn't", name);
        }
    }

    private InvalidSettingException wrong(String reason, String name) {
        return new InvalidSettingException(what + " " + reason + ". " + names.instead(name), names.remedy());
    }
}
