package dev.retrykit.internal.decision;

import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.Verdict;

/** What has decided where a classifier gives a verdict and no rule: the classifier, by its class. */
final class ClassifierName {

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

    /** The verdict with a rule. Of a lambda or a proxy, the class that it was made in or for is named. */
    static Verdict named(Verdict verdict, Object classifier) {
        return verdict.rule() == null ? verdict.by(NAMES.get(classifier.getClass())) : verdict;
    }
}
