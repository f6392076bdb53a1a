package dev.retrykit.spring.aspect;

import dev.retrykit.RetryPolicy;
import dev.retrykit.event.SideEffect;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.spring.registry.PolicyEntry;
import dev.retrykit.spring.settings.EntryKey;
import dev.retrykit.spring.transaction.RollbackRules;
import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Warns of methods whose transaction is committed by a failure that their policy retries. Such a failure is not retried
 * after a write.
 */
final class CommittedFailures {

    private static final Log LOG = LogFactory.getLog(CommittedFailures.class);

    private CommittedFailures() {}

    static void warn(Method method, Class<?> type, String readable, PolicyEntry entry, RollbackRules rules) {
        RetryPolicy policy = entry.policy();
        if (policy.maxAttempts() == 1 || policy.allows(SideEffect.Kind.COMMIT)) {
            return;
        }
        List<Class<?>> committed = rules.committedOn(
                method, type, failure -> policy.classify(failure).kind() == Kind.RETRYABLE);
        if (!committed.isEmpty()) {
            LOG.warn(readable + " is retried on "
                    + committed.stream().map(Class::getSimpleName).collect(Collectors.joining(", "))
                    + ", but its @Transactional commits on that exception. After a write, such a failure ends the call"
                    + " (NOT_IDEMPOTENT). Make it roll back: use @Transactional(rollbackFor = Exception.class) without"
                    + " noRollbackFor, or for the whole application @EnableTransactionManagement(rollbackOn ="
                    + " RollbackOn.ALL_EXCEPTIONS). If a second commit is harmless, set "
                    + new EntryKey("retrykit.policies", entry.name()).text("idempotent: true."));
        }
    }
}
