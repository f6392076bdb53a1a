package dev.retrykit.failures;

import java.net.SocketException;
import java.util.stream.Stream;
import javax.naming.CommunicationException;
import javax.naming.ConfigurationException;
import javax.naming.ContextNotEmptyException;
import javax.naming.InsufficientResourcesException;
import javax.naming.InterruptedNamingException;
import javax.naming.InvalidNameException;
import javax.naming.LimitExceededException;
import javax.naming.NameAlreadyBoundException;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.NoInitialContextException;
import javax.naming.NoPermissionException;
import javax.naming.OperationNotSupportedException;
import javax.naming.PartialResultException;
import javax.naming.ServiceUnavailableException;
import javax.naming.SizeLimitExceededException;
import javax.naming.TimeLimitExceededException;
import javax.naming.directory.AttributeInUseException;
import javax.naming.directory.AttributeModificationException;
import javax.naming.directory.InvalidAttributeIdentifierException;
import javax.naming.directory.InvalidAttributeValueException;
import javax.naming.directory.InvalidAttributesException;
import javax.naming.directory.InvalidSearchControlsException;
import javax.naming.directory.InvalidSearchFilterException;
import javax.naming.directory.NoSuchAttributeException;
import javax.naming.directory.SchemaViolationException;
import javax.naming.ldap.LdapReferralException;
import org.springframework.ldap.BadLdapGrammarException;
import org.springframework.ldap.UncategorizedLdapException;
import org.springframework.ldap.core.ObjectRetrievalException;
import org.springframework.ldap.odm.core.OdmException;
import org.springframework.ldap.support.LdapUtils;

/** What failures of names and directories mean: each by JNDI and, translated, by Spring LDAP. */
class NamingTests extends BookTests {

    static Stream<Row> rows() {
        Stream<Row> both = Stream.of(
                        row("no connection", new CommunicationException("h:389"), "transient"),
                        row("not available", new ServiceUnavailableException("no"), "transient"),
                        row("busy", new ServiceUnavailableException("[LDAP: error code 51 - Busy]"), "throttled"),
                        row("out of resources", new InsufficientResourcesException("no"), "throttled"),
                        row("too slow", new TimeLimitExceededException("late"), "transient"),
                        row("too much to do", new LimitExceededException("many"), "answered"),
                        row("too many", new SizeLimitExceededException("many"), "answered"),
                        row("the rest is elsewhere", new PartialResultException("more"), "answered"),
                        row("no such name", new NameNotFoundException("none"), "answered"),
                        row("the name is taken", new NameAlreadyBoundException("a"), "answered"),
                        row("not empty", new ContextNotEmptyException("a"), "answered"),
                        row("no name", new InvalidNameException("a="), "answered"),
                        row("unwilling", new OperationNotSupportedException("[LDAP: error code 53 - no]"), "answered"),
                        row("the attribute is there", new AttributeInUseException("a"), "answered"),
                        row("attributes of several", new AttributeModificationException("a"), "answered"),
                        row("no such attribute", new NoSuchAttributeException("a"), "answered"),
                        row("no attribute", new InvalidAttributeIdentifierException("a"), "answered"),
                        row("no value", new InvalidAttributeValueException("a"), "answered"),
                        row("an attribute is missing", new InvalidAttributesException("a"), "answered"),
                        row("against the schema", new SchemaViolationException("a"), "answered"),
                        row("no filter", new InvalidSearchFilterException("(a"), "neutral"),
                        row("no search", new InvalidSearchControlsException("-1"), "neutral"),
                        row("a wrong password", new javax.naming.AuthenticationException("no"), "neutral"),
                        row("no right", new NoPermissionException("no"), "neutral"),
                        row("elsewhere", new Referral(), "neutral"),
                        row("a setting", new ConfigurationException("no"), "neutral"),
                        row("no settings", new NoInitialContextException("no"), "neutral"),
                        row("interrupted", new InterruptedNamingException("no"), "neutral"),
                        row("around a reset", caused(new NamingException("no")), "transient"),
                        row(
                                "no answer in time",
                                new NamingException("LDAP response read timed out, timeout used: 200 ms."),
                                "transient"),
                        row("an error of operations", new NamingException("[LDAP: error code 1 - no]"), "permanent"),
                        row("a loop", new NamingException("[LDAP: error code 54 - loop]"), "answered"),
                        row("nothing is said", new NamingException("bug"), "unknown"))
                .flatMap(NamingTests::withSpring);
        return Stream.concat(both, spring());
    }

    private static Stream<Row> withSpring(Row row) {
        RuntimeException translated = LdapUtils.convertLdapException((NamingException) row.failure());
        return Stream.of(
                row("JNDI: " + row.name(), row.failure(), row.expected()),
                row("Spring LDAP: " + row.name(), translated, row.expected()));
    }

    private static Stream<Row> spring() {
        return Stream.of(
                row("Spring LDAP: no filter can be made", new BadLdapGrammarException("no"), "neutral"),
                row("Spring LDAP: no mapping", new OdmException("no"), "neutral"),
                row("Spring LDAP: no object", new ObjectRetrievalException("no"), "neutral"),
                row(
                        "Spring LDAP: not to be translated",
                        new UncategorizedLdapException(caused(new NamingException("no"))),
                        "transient"));
    }

    private static NamingException caused(NamingException failure) {
        failure.setRootCause(new SocketException("Connection reset"));
        return failure;
    }

    /** Abstract in the JDK. */
    private static final class Referral extends LdapReferralException {

        @Override
        public Object getReferralInfo() {
            return "ldap://elsewhere";
        }

        @Override
        public boolean skipReferral() {
            return false;
        }

        @Override
        public void retryReferral() {}

        @Override
        public javax.naming.Context getReferralContext() {
            throw new UnsupportedOperationException();
        }

        @Override
        public javax.naming.Context getReferralContext(java.util.Hashtable<?, ?> env) {
            throw new UnsupportedOperationException();
        }

        @Override
        public javax.naming.Context getReferralContext(
                java.util.Hashtable<?, ?> env, javax.naming.ldap.Control[] controls) {
            throw new UnsupportedOperationException();
        }
    }
}
