package dev.retrykit.spring.aspect.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.Apps;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Calls that no proxy sees are warned of at the start, by class and method. */
@ExtendWith(OutputCaptureExtension.class)
class SelfInvocationCheckTests {

    @SuppressWarnings("unchecked")
    private static List<String> warnings(CapturedOutput output, Object bean) {
        Apps.plain()
                .withBean((Class<Object>) bean.getClass(), () -> bean)
                .run(context -> assertThat(context).hasNotFailed());
        return output.getOut()
                .lines()
                .filter(line -> line.contains("on its own object"))
                .map(line -> line.replaceFirst("^WARN [^ ]+ - ", "").replaceFirst(" on its own object.*", ""))
                .toList();
    }

    static class Direct {

        public String report() {
            return find("a") + this.find("b");
        }

        @Retryable
        public String find(String sku) {
            return sku;
        }
    }

    @Test
    void aDirectCallIsWarnedOfOnce(CapturedOutput output) {
        assertThat(warnings(output, new Direct())).containsExactly("Direct.report calls Direct.find(String)");
        assertThat(output)
                .contains("on its own object. No proxy intercepts this self-invocation, so it is"
                        + " neither retried nor guarded. Call the method through another bean.");
    }

    static class ThroughLambdas {

        public Supplier<String> lambda() {
            return () -> find("a");
        }

        public Callable<String> reference() {
            return this::any;
        }

        @CircuitGuarded
        public String find(String sku) {
            return sku;
        }

        @CircuitGuarded
        public String any() {
            return "any";
        }
    }

    @Test
    void aCallFromALambdaAndAMethodReferenceAreWarnedOf(CapturedOutput output) {
        assertThat(warnings(output, new ThroughLambdas()))
                .containsExactlyInAnyOrder(
                        "ThroughLambdas.lambda calls ThroughLambdas.find(String)",
                        "ThroughLambdas.reference calls ThroughLambdas.any()");
    }

    static class Base {

        @Retryable
        public String find() {
            return "found";
        }

        public String report() {
            return find();
        }
    }

    static class Derived extends Base {

        public String more() {
            return find() + super.find();
        }
    }

    @Test
    void callsFromAndOfASuperclassAreWarnedOf(CapturedOutput output) {
        assertThat(warnings(output, new Derived()))
                .containsExactlyInAnyOrder("Derived.more calls Derived.find()", "Base.report calls Derived.find()");
    }

    @Retryable
    static class Everywhere {

        public String report() {
            return find();
        }

        public String find() {
            return "found";
        }
    }

    @Test
    void aCallerWithTheSameAnnotationsIsRetriedAsAWhole(CapturedOutput output) {
        assertThat(warnings(output, new Everywhere())).isEmpty();
    }

    static class Unlike {

        @Retryable(maxAttempts = 2)
        public String report() {
            return find();
        }

        @Retryable(maxAttempts = 5)
        public String find() {
            return "found";
        }
    }

    @Test
    void aCallerWithOtherAnnotationsIsWarnedOf(CapturedOutput output) {
        assertThat(warnings(output, new Unlike())).containsExactly("Unlike.report calls Unlike.find()");
    }

    static class ByItself {

        Supplier<ByItself> proxy = () -> this;
        ByItself self;
        List<ByItself> peers = List.of();

        public String throughAField() {
            return self.find();
        }

        public String throughASupplier() {
            return proxy.get().find();
        }

        public String ofAnother(ByItself another) {
            return another.find();
        }

        public String ofPeers() {
            String all = "";
            for (ByItself peer : peers) {
                all += peer.find();
            }
            return all;
        }

        public String ofOneMadeHere() {
            return new ByItself().find();
        }

        @Retryable
        public String find() {
            return "found";
        }
    }

    @Test
    void whatMayBeAnotherObjectOrTheProxyIsPassedOver(CapturedOutput output) {
        assertThat(warnings(output, new ByItself())).isEmpty();
    }

    interface Finder<T> {

        String find(T sku);
    }

    static class Generic implements Finder<String> {

        @Override
        @Retryable
        public String find(String sku) {
            return sku;
        }
    }

    @Test
    void aBridgeIsNoCaller(CapturedOutput output) {
        assertThat(warnings(output, new Generic())).isEmpty();
    }

    interface Contract {

        @Retryable
        String find();

        default String twice() {
            return find() + find();
        }
    }

    static class Implementation implements Contract {

        @Override
        public String find() {
            return "found";
        }

        public String report() {
            return find();
        }
    }

    @Test
    void annotationsOfAnInterfaceCountToo(CapturedOutput output) {
        assertThat(warnings(output, new Implementation()))
                .containsExactlyInAnyOrder(
                        "Implementation.report calls Implementation.find()",
                        "Contract.twice calls Implementation.find()");
    }

    @Test
    void aClassWithoutAFileIsPassedOver() {
        Contract lambda = () -> "found";
        assertThat(SelfInvocationCheck.in(lambda.getClass(), List.of("find()Ljava/lang/String;")))
                .isEmpty();
    }
}
