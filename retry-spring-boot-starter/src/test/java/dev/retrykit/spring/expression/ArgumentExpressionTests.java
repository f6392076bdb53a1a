package dev.retrykit.spring.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.retrykit.spring.settings.InvalidSettingException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.util.ReflectionUtils;

class ArgumentExpressionTests {

    record Customer(String country, Object silent) {}

    record Order(Customer customer, List<String> lines) {}

    static class Tenants {

        public String current() {
            return "acme";
        }
    }

    interface Contract<T> {

        void place(String area, T what, Object other);
    }

    interface Unrelated {

        void place(Order none, Order of, Order these);
    }

    static class Service implements Contract<Order> {

        @Override
        public void place(String region, Order order, Object other) {}

        public void ping() {}
    }

    static class Called extends Service implements Unrelated {

        @Override
        public void place(Order none, Order of, Order these) {}
    }

    private static final Method PLACE =
            ReflectionUtils.findMethod(Service.class, "place", String.class, Order.class, Object.class);

    private static final Order ORDER = new Order(new Customer("NO", new Object()), List.of("a", "b"));

    private static CallKeyExpression key(String expression) {
        return keyOn(PLACE, expression);
    }

    private static CallKeyExpression keyOn(Method method, String expression) {
        StaticListableBeanFactory beans = new StaticListableBeanFactory(Map.of("tenants", new Tenants()));
        return new CallKeyExpression(
                ArgumentExpression.parse("@CircuitGuarded key", expression, method, Called.class, beans));
    }

    private static String key(String expression, Object other) {
        return key(expression).of(new Object[] {"eu", ORDER, other});
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "#region | eu",
                "#p0 | eu",
                "#a0 | eu",
                "#order.customer.country | NO",
                "#order.lines[1] | b",
                "#order.lines.?[length() > 0].size() | 2",
                "#order.lines.![toUpperCase()] | [A, B]",
                "#region + '/' + #order.customer.country | eu/NO",
                "@tenants.current() | acme",
                "@tenants.current() + #region | acmeeu",
                "#region == 'eu' ? 'home' : 'abroad' | home",
                "T(java.lang.Math).max(1, 2) | 2",
                "'constant' | constant",
                "#area | eu",
                "#what.customer.country | NO",
                "{eu: 'near', us: 'far'}[#region] | near",
                "{eu: 'near', us: 'far'}[eu] | near",
                "#order.lines[#order.lines.size() - 1] | b",
                "#order.lines.?[equals('b')].size() | 1",
                "#order.lines.?[#order.lines.contains(toString())].size() | 2",
                "new java.lang.String(#region) | eu",
                "#region?.concat(#region) | eueu",
                "#region ?: 'none' | eu",
            })
    void readsArgumentsAndBeans(String expression, String expected) {
        assertThat(key(expression, null)).isEqualTo(expected);
    }

    @Test
    void takesWhateverHasATextOfItsOwn() {
        UUID id = UUID.randomUUID();
        assertThat(key("#other", 7L)).isEqualTo("7");
        assertThat(key("#other", Thread.State.NEW)).isEqualTo("NEW");
        assertThat(key("#other", id)).isEqualTo(id.toString());
        assertThat(key("#other", "")).isEmpty();
    }

    @Test
    void keepsALongTextAsItsHash() {
        String longest = "x".repeat(200);
        assertThat(key("#other", longest)).isEqualTo(longest);
        assertThat(key("#other", longest + "y"))
                .startsWith("sha256:")
                .hasSize(71)
                .isEqualTo(key("#other", longest + "y"))
                .isNotEqualTo(key("#other", longest + "z"));
    }

    @Test
    void refusesWhatHasNoTextOfItsOwn() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key("#order.customer.silent", null))
                .withMessage(
                        "@CircuitGuarded key '#order.customer.silent' on Called.place(String, Order, Object) is a"
                                + " java.lang.Object, whose text does not identify it: use a property such as a text or a number.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key("#other", new int[] {1}))
                .withMessageContaining("is a int[], whose text does not identify it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#other", "#p2", "#order.customer.country == 'NO' ? null : 'x'"})
    void nullIsNoKey(String expression) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key(expression, null))
                .withMessage("@CircuitGuarded key '" + expression
                        + "' on Called.place(String, Order, Object) is null, so the method was not called.");
    }

    @Test
    void anExpressionThatFailsIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key("#other.name", null))
                .withMessageStartingWith("@CircuitGuarded key '#other.name' on Called.place(String, Order, Object)"
                        + " failed, so the method was not called: EL1007E")
                .havingCause()
                .isInstanceOf(org.springframework.expression.EvaluationException.class);
    }

    @Test
    void whatAFailureSaysForgesNoLine() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key("T(java.lang.Integer).parseInt(#other)", "1\nFORGED"))
                .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("\n"));
    }

    private static final String SHARP = "Refer to an argument as #name, or to the first one as #p0.";

    private static void refused(String expression, String problem, String remedy) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> key(expression))
                .satisfies(refused -> {
                    assertThat(refused.getMessage())
                            .contains("@CircuitGuarded key '" + expression + "' on Called.place(String, Order, Object) "
                                    + problem);
                    assertThat(((InvalidSettingException) refused).action()).isEqualTo(remedy);
                });
    }

    static class Mute {

        private final boolean fails;

        Mute(boolean fails) {
            this.fails = fails;
        }

        @Override
        public String toString() {
            if (fails) {
                throw new IllegalStateException("no text");
            }
            return null;
        }
    }

    @Test
    void aValueThatCantSayItsTextIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key("#other", new Mute(true)))
                .withMessage("@CircuitGuarded key '#other' on Called.place(String, Order, Object) is a "
                        + Mute.class.getName() + ", whose toString() failed, so the method was not called.")
                .havingCause()
                .withMessage("no text");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key("#other", new Mute(false)))
                .withMessageEndingWith(", whose toString() is null, so the method was not called.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void aBlankKeyIsFoundAtOnce(String blank) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> key(blank))
                .withMessageContaining(" on Called.place(String, Order, Object) is blank.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#p0", "#region", "now()"})
    void aMethodWithoutArgumentsHasNone(String expression) {
        Method ping = ReflectionUtils.findMethod(Service.class, "ping");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> keyOn(ping, expression))
                .withMessageStartingWith("@CircuitGuarded key '" + expression + "' on Called.ping() ")
                .withMessageEndingWith("The method has no arguments.")
                .satisfies(refused ->
                        assertThat(refused.action()).isEqualTo("Use a constant or @bean.method(), or remove the key."));
    }

    @Test
    void whatAnotherMethodOfTheNameCallsItsArgumentsDoesntCount() {
        refused("#none", "names the argument 'none', which does not exist.", SHARP);
    }

    @Test
    void aMisspeltNameInBracketsIsFoundAtOnce() {
        refused(
                "#order.lines.contains(region)",
                "reads the property 'region' without an object. Did you mean 'region'?",
                SHARP);
        refused("#order.lines.contains(current())", "calls 'current' without an object. Known names: ", SHARP);
        refused(
                "#order.lines[region.length()]",
                "reads the property 'region' without an object. Did you mean 'region'?",
                SHARP);
        refused(
                "#order.lines[1 + region]",
                "reads the property 'region' without an object. Did you mean 'region'?",
                SHARP);
        refused("{eu: regoin}", "reads the property 'regoin' without an object. Did you mean 'region'?", SHARP);
        refused(
                "new java.lang.String(region)",
                "reads the property 'region' without an object. Did you mean 'region'?",
                SHARP);
        refused("#upper(#region)", "calls the function '#upper(#region)', but functions are not supported. ", SHARP);
        refused("current()", "calls 'current' without an object. Known names: ", SHARP);
    }

    @Test
    void aMisspeltArgumentIsFoundAtOnce() {
        refused("#regoin", "names the argument 'regoin', which does not exist. Did you mean 'region'?", SHARP);
        refused("#order.lines.?[#this != #regoin]", "names the argument 'regoin', which does not exist.", SHARP);
        refused("#p99999999999", "names the argument 'p99999999999', which does not exist.", SHARP);
        refused(
                "#p3",
                "names the argument 'p3', which does not exist. Known names: 'area', 'order', 'other', 'region', 'what'.",
                SHARP);
    }

    @Test
    void aForgottenSignIsFoundAtOnce() {
        refused("region", "reads the property 'region' without an object. Did you mean 'region'?", SHARP);
        refused("order.customer", "reads the property 'order' without an object. Did you mean 'order'?", SHARP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"#region +", "#", "#order..x", "#region)"})
    void whatCantBeParsedIsFoundAtOnce(String expression) {
        refused(expression, "is invalid: ", "Correct the expression. Refer to an argument as #name.");
    }
}
