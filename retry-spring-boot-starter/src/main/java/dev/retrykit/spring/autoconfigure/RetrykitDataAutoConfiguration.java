package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.failure.CallerTransaction;
import dev.retrykit.spring.failure.DataFailures;
import dev.retrykit.spring.failure.ThreadTransaction;
import dev.retrykit.spring.transaction.AnnotatedRollbackRules;
import dev.retrykit.spring.transaction.RollbackRules;
import dev.retrykit.spring.transaction.TransactionPostProcessor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.interceptor.TransactionAspectSupport;

/** Classifies Spring's data access and transaction failures, if spring-tx is present. */
@AutoConfiguration(after = RetrykitGrpcAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(DataAccessException.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitDataAutoConfiguration {

    RetrykitDataAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "retrykitDataFailures")
    DataFailures retrykitDataFailures() {
        return new DataFailures();
    }

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static TransactionPostProcessor retrykitTransactionPostProcessor() {
        return new TransactionPostProcessor();
    }

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    RollbackRules retrykitRollbackRules(ObjectProvider<TransactionAspectSupport> aspects) {
        return new AnnotatedRollbackRules(aspects::stream);
    }

    @Bean
    @ConditionalOnMissingBean(CallerTransaction.class)
    ThreadTransaction retrykitCallerTransaction() {
        return new ThreadTransaction();
    }
}
