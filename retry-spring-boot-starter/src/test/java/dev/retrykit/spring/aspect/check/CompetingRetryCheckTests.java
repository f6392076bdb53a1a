package dev.retrykit.spring.aspect.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.api.Test;

/** The same method retried by two libraries. */
class CompetingRetryCheckTests {

    private static void refused(Class<?> bean, String message) {
        Apps.plain()
                .withBean(bean)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOfSatisfying(InvalidSettingException.class, refused -> {
                            assertThat(refused).hasMessage(message);
                            assertThat(refused.action()).isEqualTo("Remove one of the two annotations.");
                        }));
    }

    static class BySpring {

        @Retryable
        @org.springframework.resilience.annotation.Retryable
        public String find() {
            return "found";
        }
    }

    @Test
    void springsOwnOnTheSameMethodStopsTheStart() {
        refused(
                BySpring.class,
                "BySpring.find() is retried by @Retryable of retrykit and also by Spring Framework's @Retryable: their"
                        + " attempts would multiply.");
    }

    @org.springframework.resilience.annotation.Retryable
    static class BySpringOnItsType {

        @Retryable
        public String find() {
            return "found";
        }
    }

    @Test
    void soDoesOneOnTheType() {
        refused(
                BySpringOnItsType.class,
                "BySpringOnItsType.find() is retried by @Retryable of retrykit and also by Spring Framework's @Retryable:"
                        + " their attempts would multiply.");
    }

    @Retention(RetentionPolicy.RUNTIME)
    @org.springframework.resilience.annotation.Retryable
    @interface Stubborn {}

    static class ByMetaAnnotation {

        @Retryable
        @Stubborn
        public String find() {
            return "found";
        }
    }

    @Test
    void soDoesAMetaAnnotation() {
        refused(
                ByMetaAnnotation.class,
                "ByMetaAnnotation.find() is retried by @Retryable of retrykit and also by Spring Framework's @Retryable:"
                        + " their attempts would multiply.");
    }

    static class OnlyGuarded {

        @CircuitGuarded
        @org.springframework.resilience.annotation.Retryable
        public String find() {
            return "found";
        }

        @Retryable
        public String another() {
            return "another";
        }
    }

    @Test
    void whatWeOnlyGuardMayBeRetriedBySomebodyElse() {
        Apps.plain()
                .withBean(OnlyGuarded.class)
                .run(context -> assertThat(context).hasNotFailed());
    }
}
