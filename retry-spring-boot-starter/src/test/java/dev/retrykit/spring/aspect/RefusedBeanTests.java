package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.Retries;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanCreationException;

/** A bean whose annotations are wrong leaves nothing behind, however often it is asked for. */
class RefusedBeanTests {

    static class Wrong {

        @Retryable(value = "inventory", fallback = "missing")
        @CircuitGuarded("inventory")
        String find() {
            return "found";
        }
    }

    @Test
    void itsMethodsUseNoPolicyAndNoCircuit() {
        Apps.with("""
                retrykit:
                  policies: { inventory: {max-attempts: 2} }
                  circuits: { inventory: {minimum-calls: 5} }
                """)
                .withBean("wrong", Wrong.class, Wrong::new, definition -> definition.setLazyInit(true))
                .run(context -> {
                    for (int i = 0; i < 2; i++) {
                        assertThatExceptionOfType(BeanCreationException.class)
                                .isThrownBy(() -> context.getBean(Wrong.class));
                    }
                    Retries retries = context.getBean(Retries.class);
                    assertThat(retries.findPolicy("inventory").orElseThrow().methods())
                            .isEmpty();
                    assertThat(retries.findCircuit("inventory").orElseThrow().methods())
                            .isEmpty();
                });
    }
}
