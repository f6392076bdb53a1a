package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.failure.CallerTransaction;
import dev.retrykit.spring.failure.DataFailures;
import dev.retrykit.spring.failure.GrpcFailures;
import dev.retrykit.spring.failure.ThreadTransaction;
import dev.retrykit.spring.failure.http.JdkClientStatus;
import dev.retrykit.spring.failure.http.JettyFailures;
import dev.retrykit.spring.failure.http.MalformedResponses;
import dev.retrykit.spring.failure.http.RestClientStatus;
import dev.retrykit.spring.failure.http.WebClientFailures;
import dev.retrykit.spring.failure.http.WebClientStatus;
import dev.retrykit.spring.transaction.AnnotatedRollbackRules;
import dev.retrykit.spring.transaction.RollbackRules;
import dev.retrykit.spring.transaction.TransactionPostProcessor;
import io.grpc.StatusRuntimeException;
import java.net.http.HttpResponse;
import org.eclipse.jetty.client.HttpClient;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/**
 * Classifies the failures and HTTP statuses of the libraries that are present. Classifiers are called in the order of
 * the classes below.
 */
@AutoConfiguration
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitFailureAutoConfiguration {

    RetrykitFailureAutoConfiguration() {}

    /** The statuses of {@code WebClient}. */
    @Configuration(proxyBeanMethods = false)
    @Order(1)
    @ConditionalOnClass({RestClientResponseException.class, WebClientResponseException.class})
    static class ReactiveStatus {

        @Bean
        @ConditionalOnMissingBean(name = "retrykitWebClientStatus")
        WebClientStatus retrykitWebClientStatus() {
            return new WebClientStatus();
        }
    }

    /** The statuses of {@code RestClient} and {@code RestTemplate}. */
    @Configuration(proxyBeanMethods = false)
    @Order(2)
    @ConditionalOnClass(RestClientResponseException.class)
    static class BlockingStatus {

        @Bean
        @ConditionalOnMissingBean(name = "retrykitRestClientStatus")
        RestClientStatus retrykitRestClientStatus() {
            return new RestClientStatus();
        }
    }

    /** The statuses of the JDK's HTTP client. A small run-time image may lack its module. */
    @Configuration(proxyBeanMethods = false)
    @Order(3)
    @ConditionalOnClass(HttpResponse.class)
    static class JdkStatus {

        @Bean
        @ConditionalOnMissingBean(name = "retrykitJdkClientStatus")
        JdkClientStatus retrykitJdkClientStatus() {
            return new JdkClientStatus();
        }
    }

    /** The failures of gRPC. */
    @Configuration(proxyBeanMethods = false)
    @Order(4)
    @ConditionalOnClass(StatusRuntimeException.class)
    static class Grpc {

        @Bean
        @ConditionalOnMissingBean(name = "retrykitGrpcFailures")
        GrpcFailures retrykitGrpcFailures() {
            return new GrpcFailures();
        }
    }

    /** Spring's data access and transaction failures, and the transactions of attempts, if spring-tx is present. */
    @Configuration(proxyBeanMethods = false)
    @Order(5)
    @ConditionalOnClass(DataAccessException.class)
    static class Data {

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

    /** The failures of {@code WebClient}. */
    @Configuration(proxyBeanMethods = false)
    @Order(6)
    @ConditionalOnClass(WebClientException.class)
    static class Reactive {

        @Bean
        @ConditionalOnMissingBean(name = "retrykitWebClientFailures")
        WebClientFailures retrykitWebClientFailures() {
            return new WebClientFailures();
        }
    }

    /** The failures of Jetty's HTTP client. */
    @Configuration(proxyBeanMethods = false)
    @Order(7)
    @ConditionalOnClass(HttpClient.class)
    static class Jetty {

        @Bean
        @ConditionalOnMissingBean(name = "retrykitJettyFailures")
        JettyFailures retrykitJettyFailures() {
            return new JettyFailures();
        }
    }

    /** Malformed HTTP responses, whose exceptions say so in their messages only. */
    @Configuration(proxyBeanMethods = false)
    @Order(8)
    static class Responses {

        @Bean
        @ConditionalOnMissingBean(name = "retrykitBrokenAnswers")
        MalformedResponses retrykitBrokenAnswers() {
            return new MalformedResponses();
        }
    }
}
