package dev.retrykit.internal.book;

import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.Verdict;

/** The rule of a verdict for which a classifier gives no rule: the class of the classifier. */
public final class ClassifierName {

    private static final String GENERATED = "$$";

    private static final ClassValue<String> NAMES = new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
            String kind = FailureClassifier.class.isAssignableFrom(type) ? "FailureClassifier " : "ResultClassifier ";
            String name = type.getName();
            int generated = name.indexOf(GENERATED);
            return kind + (generated < 0 ? name : name.substring(0, generated));
        }
    };

    private ClassifierName() {}

    /**
     * Returns the verdict with a rule. For a lambda or a proxy, the name is the class that it was created in or for.
     */
    public static Verdict named(Verdict verdict, Object classifier) {
        return verdict.rule() == null ? verdict.by(NAMES.get(classifier.getClass())) : verdict;
    }
}
