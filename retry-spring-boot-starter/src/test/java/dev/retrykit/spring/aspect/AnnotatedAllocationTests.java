package dev.retrykit.spring.aspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.retrykit.ChildJvm;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;

/** What a first attempt that succeeds makes beside what any proxy makes. */
@Tag("process")
class AnnotatedAllocationTests {

    private static final int CALLS = 100_000;
    private static final int ROUNDS = 10;

    static class Inventory {

        @Retryable
        @CircuitGuarded
        public String stock() {
            return "12";
        }
    }

    /** The least of some rounds: the compiler that leaves out objects may come late on a busy machine. */
    private static long bytesPerCall(Supplier<String> call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < CALLS; i++) {
                if (call.get() == null) {
                    throw new AssertionError();
                }
            }
            long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            least = Math.min(least, bytes / CALLS);
        }
        return least;
    }

    /** In a JVM of its own: in one that has run thousands of tests it was 48 bytes more at times, for a reason that isn't known. */
    @Test
    void anAnnotatedMethodMakesNoObjectOfItsOwn() throws Exception {
        String output = ChildJvm.run(AnnotatedAllocationTests.class, List.of());

        assertThat(output.lines().reduce((first, last) -> last).orElseThrow()).matches("(\\d+) = \\1");
    }

    /** Prints what a proxy that does nothing makes, and what an annotated method's proxy makes: bytes for a call. */
    public static void main(String... arguments) {
        ProxyFactory nothing = new ProxyFactory(new Inventory());
        nothing.addAdvice((MethodInterceptor) MethodInvocation::proceed);
        Inventory proxied = (Inventory) nothing.getProxy();
        long proxyAlone = bytesPerCall(proxied::stock);

        Apps.plain().withBean(Inventory.class).run(context -> {
            Inventory annotated = context.getBean(Inventory.class);
            System.out.println(proxyAlone + " = " + bytesPerCall(annotated::stock));
        });
    }
}
