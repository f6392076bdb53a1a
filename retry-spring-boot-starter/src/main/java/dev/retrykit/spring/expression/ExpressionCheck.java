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
 * Finds invalid names in an expression at startup. An expression can only start with arguments, beans, types and
 * constants; a misspelled name would be null, or fail in each call.
 */
record ExpressionCheck(String what, ArgumentNames names) {

    /** The object against which an unprefixed name is resolved. */
    private enum Source {
        /** Nothing, since there is no root object. */
        NOTHING,
        /** The value before the dot. */
        BEFORE,
        /** The element of a list, within {@code ?[ ]} or {@code ![ ]}. */
        ELEMENT
    }

    /**
     * Checks a whole expression.
     *
     * @throws InvalidSettingException for the first invalid name
     */
    void of(SpelNode expression) {
        check(expression, Source.NOTHING, Source.NOTHING);
    }

    /**
     * Checks a node of an expression and its children.
     *
     * @param active what names are resolved against in this node
     * @param scope what names are resolved against where resolution restarts, such as in the arguments of a call
     */
    private void check(SpelNode node, Source active, Source scope) {
        if (active == Source.NOTHING && node instanceof PropertyOrFieldReference property) {
            throw wrong("reads the property '" + property.getName() + "' without an object", property.getName());
        }
        if (active == Source.NOTHING && node instanceof MethodReference call) {
            throw wrong("calls '" + call.getName() + "' without an object", call.getName());
        }
        if (node instanceof FunctionReference) {
            throw wrong("calls the function '" + node.toStringAST() + "', but functions are not supported", "");
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

    /** In braces, and in brackets after a map, a name is a literal key. */
    private static boolean isMapKey(SpelNode node, int index, SpelNode child) {
        boolean mayBeKey = node instanceof Indexer || node instanceof InlineMap && index % 2 == 0;
        return mayBeKey && child instanceof PropertyOrFieldReference;
    }

    private void variable(String name, Source active) {
        boolean element = name.equals("this") && active == Source.ELEMENT;
        if (!element && names.position(name) < 0) {
            throw wrong("names the argument '" + name + "', which does not exist", name);
        }
    }

    private InvalidSettingException wrong(String reason, String name) {
        return new InvalidSettingException(what + " " + reason + ". " + names.instead(name), names.remedy());
    }
}
