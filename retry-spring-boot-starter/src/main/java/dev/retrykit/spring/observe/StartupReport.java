package dev.retrykit.spring.observe;

import dev.retrykit.RetryPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.settings.Durations;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.PolicySettings;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Logs at startup a line for each policy: its methods, what it retries, and its worst-case load. Logs a warning for
 * each unused configuration, which would hide a misspelled method name.
 */
public final class StartupReport implements SmartInitializingSingleton {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    private final Retries retries;

    /** Creates the report on the policies that exist when all beans have been created. */
    public StartupReport(Retries retries) {
        this.retries = retries;
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (PolicyEntry policy : retries.ownPolicies()) {
            LOG.info(line(policy));
        }
        retries.report(NextContext.find(), LOG::warn, LOG::info);
    }

    private static String line(PolicyEntry entry) {
        RetryPolicy policy = entry.policy();
        String budget = entry.budget().policy().isUnlimited()
                ? "no retry budget: up to " + policy.maxAttempts() + ".00x load"
                : "budget " + MessageText.quoted(entry.budget().name())
                        + (entry.hasBudgetsByKey() ? " for each key (" : " (")
                        + budget(entry.budget().policy()) + ")";
        return "Policy " + MessageText.quoted(entry.name()) + ": "
                + (entry.methods().isEmpty() ? "no annotated method" : String.join(", ", entry.methods()))
                + (PolicySettings.ENABLED.in(entry.settings(), true) ? "" : "; disabled")
                + "; retries " + what(entry)
                + "; up to " + policy.maxAttempts() + " attempts within " + Durations.text(policy.timeBudget()) + "; "
                + budget;
    }

    private static String what(PolicyEntry entry) {
        var retryOn = PolicySettings.RETRY_ON.in(entry.settings());
        boolean known = PolicySettings.KNOWN_FAILURES.in(entry.settings(), true);
        return (known ? "known transient failures" : "no known failures")
                + (retryOn == null ? "" : (known ? " and " : ", only ") + MessageText.of(retryOn));
    }

    private static String budget(BudgetPolicy policy) {
        return "ratio " + policy.ratio() + ", window " + Durations.text(policy.window()) + ", reserve "
                + policy.reserve() + ", min-success " + policy.minSuccess() + " %";
    }
}
