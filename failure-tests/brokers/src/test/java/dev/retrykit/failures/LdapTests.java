package dev.retrykit.failures;

import static dev.retrykit.failures.Attempts.closedPort;
import static dev.retrykit.failures.Attempts.failureOf;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSearchRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.EntrySourceException;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPRuntimeException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldif.LDIFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import javax.naming.directory.BasicAttributes;
import org.springframework.ldap.core.LdapTemplate;
import org.springframework.ldap.core.support.LdapContextSource;

/** What failures of LDAP mean: a real server's, by Spring LDAP, by JNDI and by UnboundID. */
class LdapTests extends BookTests {

    private static final String PEOPLE = "ou=people,dc=example,dc=com";

    static Stream<Row> rows() {
        return Stream.of(real(), silent(), unboundId()).flatMap(rows -> rows);
    }

    /** All that a server answers: the search for a name answers by that name's code. */
    private static Stream<Row> real() {
        InMemoryDirectoryServer server = start();
        try {
            int port = server.getListenPort();
            List<Row> rows = new ArrayList<>();
            rows.add(row("LDAP: nothing listens", failureOf(() -> lookup(closedPort(), "cn=a")), "transient"));
            rows.add(row(
                    "LDAP: a wrong password",
                    failureOf(() -> template(port, "no").lookup(PEOPLE)),
                    "neutral"));
            rows.add(
                    row("LDAP: no such entry", failureOf(() -> lookup(port, "cn=none,dc=example,dc=com")), "answered"));
            rows.add(row("LDAP: the entry is there", failureOf(() -> bind(port, PEOPLE, "ou", "people")), "answered"));
            rows.add(row(
                    "LDAP: against the schema",
                    failureOf(() -> bind(port, "cn=b," + PEOPLE, "nonsense", "1")),
                    "answered"));
            rows.add(row("LDAP: it has children", failureOf(() -> unbind(port, "dc=example,dc=com")), "answered"));
            rows.add(row("LDAP: no filter", failureOf(() -> search(port, "(a")), "neutral"));
            codes().forEach((code, expected) -> rows.add(row(
                    "LDAP: code " + code + ", " + ResultCode.valueOf(code).getName(),
                    failureOf(() -> search(port, "(cn=" + code + ")")),
                    expected)));
            codes().forEach((code, expected) -> rows.add(row(
                    "UnboundID: code " + code + ", " + ResultCode.valueOf(code).getName(),
                    failureOf(() -> {
                        try (LDAPConnection connection = new LDAPConnection("127.0.0.1", port)) {
                            connection.search(PEOPLE, SearchScope.SUB, "(cn=" + code + ")");
                        }
                    }),
                    expected)));
            return rows.stream();
        } finally {
            server.shutDown(true);
        }
    }

    private static Map<Integer, String> codes() {
        return Map.ofEntries(
                Map.entry(1, "permanent"),
                Map.entry(2, "permanent"),
                Map.entry(3, "transient"),
                Map.entry(4, "answered"),
                Map.entry(8, "neutral"),
                Map.entry(11, "answered"),
                Map.entry(12, "answered"),
                Map.entry(16, "answered"),
                Map.entry(17, "answered"),
                Map.entry(19, "answered"),
                Map.entry(20, "answered"),
                Map.entry(21, "answered"),
                Map.entry(32, "answered"),
                Map.entry(33, "answered"),
                Map.entry(34, "answered"),
                Map.entry(50, "neutral"),
                Map.entry(51, "throttled"),
                Map.entry(52, "transient"),
                Map.entry(53, "answered"),
                Map.entry(54, "answered"),
                Map.entry(64, "answered"),
                Map.entry(65, "answered"),
                Map.entry(66, "answered"),
                Map.entry(68, "answered"),
                Map.entry(80, "permanent"));
    }

    private static Stream<Row> silent() {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            int port = silent.getLocalPort();
            return Stream.of(row("LDAP: it says nothing", failureOf(() -> lookup(port, "cn=a")), "transient"));
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static Stream<Row> unboundId() {
        LDAPException lost = new LDAPException(ResultCode.SERVER_DOWN, "lost");
        return Stream.of(
                row(
                        "UnboundID: nothing listens",
                        failureOf(() -> new LDAPConnection("127.0.0.1", closedPort()).close()),
                        "transient"),
                row("UnboundID: lost", lost, "transient"),
                row("UnboundID: no answer", new LDAPException(ResultCode.TIMEOUT, "late"), "transient"),
                row("UnboundID: a wrong password", new LDAPException(ResultCode.INVALID_CREDENTIALS, "no"), "neutral"),
                row("UnboundID: no filter", new LDAPException(ResultCode.FILTER_ERROR, "(a"), "neutral"),
                row("UnboundID: cancelled", new LDAPException(ResultCode.CANCELED, "no"), "neutral"),
                row("UnboundID: not to be read", new LDAPException(ResultCode.DECODING_ERROR, "no"), "permanent"),
                row("UnboundID: an assertion fails", new LDAPException(ResultCode.ASSERTION_FAILED, "no"), "answered"),
                row("UnboundID: locked", new LDAPException(ResultCode.DATABASE_LOCK_CONFLICT, "wait"), "transient"),
                row("UnboundID: unchecked", new LDAPRuntimeException(lost), "transient"),
                row("UnboundID: of a source of entries", new EntrySourceException(false, lost), "transient"),
                row("UnboundID: of a future", new ExecutionException(lost), "transient"));
    }

    private static InMemoryDirectoryServer start() {
        try {
            InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example,dc=com");
            config.addAdditionalBindCredentials("cn=admin", "secret");
            config.setListenerConfigs(
                    InMemoryListenerConfig.createLDAPConfig("ldap", InetAddress.getLoopbackAddress(), 0, null));
            config.addInMemoryOperationInterceptor(new InMemoryOperationInterceptor() {
                @Override
                public void processSearchRequest(InMemoryInterceptedSearchRequest request) throws LDAPException {
                    String value = request.getRequest().getFilter().getAssertionValue();
                    if (value != null && value.matches("\\d+")) {
                        throw new LDAPException(ResultCode.valueOf(Integer.parseInt(value)), "no");
                    }
                }
            });
            InMemoryDirectoryServer server = new InMemoryDirectoryServer(config);
            server.add("dn: dc=example,dc=com", "objectClass: domain", "dc: example");
            server.add("dn: " + PEOPLE, "objectClass: organizationalUnit", "ou: people");
            server.startListening();
            return server;
        } catch (LDAPException | LDIFException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void lookup(int port, String name) {
        template(port, "secret").lookup(name);
    }

    private static void search(int port, String filter) {
        template(port, "secret").search(PEOPLE, filter, (Object object) -> object);
    }

    private static void bind(int port, String name, String attribute, String value) {
        BasicAttributes attributes = new BasicAttributes("objectClass", "organizationalUnit");
        attributes.put(attribute, value);
        template(port, "secret").bind(name, null, attributes);
    }

    private static void unbind(int port, String name) {
        template(port, "secret").unbind(name);
    }

    private static LdapTemplate template(int port, String password) {
        LdapContextSource source = new LdapContextSource();
        source.setUrl("ldap://127.0.0.1:" + port);
        source.setUserDn("cn=admin");
        source.setPassword(password);
        source.setBaseEnvironmentProperties(
                Map.of("com.sun.jndi.ldap.read.timeout", "200", "com.sun.jndi.ldap.connect.timeout", "200"));
        source.afterPropertiesSet();
        LdapTemplate template = new LdapTemplate(source);
        template.setIgnoreSizeLimitExceededException(false);
        return template;
    }
}
