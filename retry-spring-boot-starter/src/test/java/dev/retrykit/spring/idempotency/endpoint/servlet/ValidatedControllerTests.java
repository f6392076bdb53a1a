package dev.retrykit.spring.idempotency.endpoint.servlet;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.support.DefaultMessageSourceResolvable;
import org.springframework.core.MethodParameter;
import org.springframework.http.ResponseEntity;
import org.springframework.validation.annotation.Validated;
import org.springframework.validation.method.MethodValidationException;
import org.springframework.validation.method.MethodValidationResult;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** A controller whose own proxy validates arguments and results, as {@code @Validated} on its class makes it. */
@Tag("server")
class ValidatedControllerTests {

    private static final int RESULT = -1;

    private static final AtomicInteger calls = new AtomicInteger();

    private static Shop shop;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        shop = Shop.start(WebApplicationType.SERVLET, Map.of(), Validation.class, Controller.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Configuration(proxyBeanMethods = false)
    static class Validation {

        @Bean
        static Validating validating() {
            return new Validating();
        }
    }

    /** In place of Spring's, whose exceptions it throws: there is no implementation of the validation API here. */
    static class Validating extends AbstractBeanFactoryAwareAdvisingPostProcessor {

        private static final long serialVersionUID = 1;

        Validating() {
            advisor = new DefaultPointcutAdvisor(
                    new AnnotationMatchingPointcut(Validated.class, true), (MethodInterceptor) Validating::validated);
            setProxyTargetClass(true);
        }

        private static @Nullable Object validated(MethodInvocation call) throws Throwable {
            Object argument = call.getArguments().length == 0 ? null : call.getArguments()[0];
            validate(call, argument, 0, "argument");
            Object result = call.proceed();
            validate(call, argument, RESULT, "result");
            return result;
        }

        private static void validate(MethodInvocation call, @Nullable Object argument, int index, String what) {
            if (("violation of the " + what).equals(argument)) {
                throw new ConstraintViolationException(Set.of(violation(call, index)));
            }
            if (("refusal of the " + what).equals(argument)) {
                throw new MethodValidationException(refusal(call, index));
            }
        }

        private static ConstraintViolation<?> violation(MethodInvocation call, int index) {
            Path.MethodNode method = mock();
            given(method.getName()).willReturn(call.getMethod().getName());
            given(method.getKind()).willReturn(ElementKind.METHOD);
            given(method.getParameterTypes())
                    .willReturn(List.of(call.getMethod().getParameterTypes()));
            Path.Node node = mock();
            given(node.getKind()).willReturn(index == RESULT ? ElementKind.RETURN_VALUE : ElementKind.PARAMETER);
            Path path = mock();
            given(path.iterator()).willAnswer(asked -> List.of(method, node).iterator());
            ConstraintViolation<Object> violation = mock();
            given(violation.getPropertyPath()).willReturn(path);
            given(violation.getRootBeanClass())
                    .willAnswer(asked -> call.getThis().getClass());
            return violation;
        }

        private static MethodValidationResult refusal(MethodInvocation call, int index) {
            Method method = call.getMethod();
            ParameterValidationResult result = new ParameterValidationResult(
                    new MethodParameter(method, index),
                    null,
                    List.of(new DefaultMessageSourceResolvable("bad")),
                    null,
                    null,
                    null,
                    (error, type) -> error);
            return MethodValidationResult.create(call.getThis(), method, List.of(result));
        }
    }

    @Validated
    @RestController
    static class Controller {

        @Lazy
        @Autowired
        private Controller self;

        @Idempotent
        @PostMapping("/pay")
        public String pay(@RequestBody String order) {
            return order + " " + calls.incrementAndGet();
        }

        @Idempotent(scope = "#order.substring(0, 1)")
        @PostMapping("/scoped")
        public String scoped(@RequestBody String order) {
            return order + " " + calls.incrementAndGet();
        }

        @Idempotent
        @PostMapping("/other")
        public String callsAnother(@RequestBody String order) {
            calls.incrementAndGet();
            return self.pay(order.substring(1));
        }

        @Idempotent
        @PostMapping("/itself")
        public String callsItself(@RequestBody String order) {
            calls.incrementAndGet();
            return order.startsWith("+") ? self.callsItself(order.substring(1)) : order;
        }

        @ExceptionHandler({ConstraintViolationException.class, MethodValidationException.class})
        ResponseEntity<String> refused(Exception failure) {
            return ResponseEntity.badRequest().body("bad");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/pay, violation of the argument",
        "/pay, refusal of the argument",
        "/scoped, violation of the argument",
        "/scoped, refusal of the argument"
    })
    void leavesTheKeyToACorrectedRequest(String path, String bad) {
        int before = calls.get();
        Exchange sent = Exchange.post(shop, path).key(key);
        assertThat(sent.body("text/plain", bad).send().statusCode()).isEqualTo(400);
        assertThat(calls).hasValue(before);
        assertThat(text(sent.body("text/plain", bad.substring(0, 1) + "good").assertReplayed()))
                .endsWith("good " + (before + 1));
        assertThat(calls).hasValue(before + 1);
    }

    @ParameterizedTest
    @CsvSource({
        "/pay, violation of the result",
        "/pay, refusal of the result",
        "/scoped, violation of the result",
        "/other, +violation of the argument",
        "/other, +refusal of the argument",
        "/itself, +violation of the argument",
        "/itself, +refusal of the argument"
    })
    void keepsTheKeyOfWhatRan(String path, String bad) {
        int before = calls.get();
        Exchange sent = Exchange.post(shop, path).key(key);
        assertThat(sent.body("text/plain", bad).assertReplayed().statusCode()).isEqualTo(400);
        assertProblem(sent.body("text/plain", bad.charAt(0) + "good").send(), 422, "used for a different request");
        assertThat(calls).hasValue(before + 1);
    }
}
