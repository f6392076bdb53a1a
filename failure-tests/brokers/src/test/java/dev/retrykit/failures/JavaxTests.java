package dev.retrykit.failures;

import com.sun.mail.iap.CommandFailedException;
import com.sun.mail.smtp.SMTPAddressFailedException;
import com.sun.mail.smtp.SMTPAddressSucceededException;
import com.sun.mail.smtp.SMTPSendFailedException;
import com.sun.mail.smtp.SMTPSenderFailedException;
import com.sun.mail.util.SocketConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.stream.Stream;
import javax.jms.IllegalStateException;
import javax.jms.InvalidDestinationException;
import javax.jms.InvalidDestinationRuntimeException;
import javax.jms.JMSException;
import javax.jms.JMSRuntimeException;
import javax.jms.JMSSecurityException;
import javax.jms.MessageFormatException;
import javax.jms.ResourceAllocationException;
import javax.jms.TransactionRolledBackException;
import javax.mail.Address;
import javax.mail.AuthenticationFailedException;
import javax.mail.FolderClosedException;
import javax.mail.FolderNotFoundException;
import javax.mail.MessagingException;
import javax.mail.SendFailedException;
import javax.mail.internet.AddressException;
import javax.mail.internet.InternetAddress;
import org.springframework.mail.MailAuthenticationException;
import org.springframework.mail.MailSendException;

/** What failures of JMS and of mail mean by their names before Jakarta EE 9, and before Angus. */
class JavaxTests extends BookTests {

    private static final Address[] NONE = {};

    static Stream<Row> rows() {
        return Stream.of(jms(), mail(), smtp()).flatMap(rows -> rows);
    }

    private static Stream<Row> jms() {
        JMSException linked = new JMSException("lost");
        linked.setLinkedException(new SocketException("Connection reset"));
        return Stream.of(
                row("javax.jms: a linked exception", linked, "transient"),
                row("javax.jms: no resources", new ResourceAllocationException("full"), "transient"),
                row("javax.jms: rolled back", new TransactionRolledBackException("again"), "transient"),
                row(
                        "javax.jms: failover in a commit",
                        new TransactionRolledBackException("Transaction completion in doubt due to failover."),
                        "unknown-effect"),
                row(
                        "javax.jms: lost in a send",
                        thrownIn(linked("lost"), "org.apache.activemq.ActiveMQMessageProducer", "send"),
                        "unknown-effect"),
                row("javax.jms: closed", new IllegalStateException("The Session is closed"), "transient"),
                row("javax.jms: a wrong password", new JMSSecurityException("no"), "neutral"),
                row("javax.jms: no such queue", new InvalidDestinationException("none"), "answered"),
                row("javax.jms: no message", new MessageFormatException("no"), "neutral"),
                row("javax.jms 2: no such queue", new InvalidDestinationRuntimeException("none"), "answered"),
                row("javax.jms 2: nothing is said", new JMSRuntimeException("bug"), "unknown"));
    }

    private static JMSException linked(String message) {
        JMSException failure = new JMSException(message);
        failure.initCause(new SocketException("Connection reset"));
        return failure;
    }

    private static Stream<Row> mail() {
        return Stream.of(
                row(
                        "javax.mail: around a timeout",
                        new MessagingException("no", new SocketTimeoutException()),
                        "transient"),
                row(
                        "javax.mail: no answer to the message",
                        thrownIn(
                                new MessagingException("Exception reading response", new SocketTimeoutException()),
                                "com.sun.mail.smtp.SMTPTransport",
                                "finishData"),
                        "unknown-effect"),
                row("javax.mail: a wrong password", new AuthenticationFailedException("535 5.7.8 no"), "neutral"),
                row("javax.mail: too many log-ins", new AuthenticationFailedException("454 4.7.0 later"), "throttled"),
                row("javax.mail: the folder is lost", new FolderClosedException(null, "lost"), "transient"),
                row("javax.mail: no such folder", new FolderNotFoundException("none", null), "answered"),
                row("javax.mail: no address", new AddressException("a@"), "neutral"),
                row(
                        "javax.mail: reached some",
                        new SendFailedException("no", address(450), new Address[] {a()}, NONE, NONE),
                        "unknown-effect"),
                row("javax.mail: not now", new SendFailedException("no", address(450), NONE, NONE, NONE), "transient"),
                row(
                        "javax.mail, Spring: not now",
                        new MailSendException(Map.of("a", new SendFailedException("no", address(450)))),
                        "transient"),
                row(
                        "javax.mail, Spring: a wrong password",
                        new MailAuthenticationException(new AuthenticationFailedException("535 no")),
                        "neutral"));
    }

    private static Stream<Row> smtp() {
        return Stream.of(
                row("com.sun.mail: not to this one now", address(450), "transient"),
                row("com.sun.mail: not to this one", address(550), "answered"),
                row(
                        "com.sun.mail: not from this one",
                        new SMTPSenderFailedException(a(), "MAIL", 553, "553 no"),
                        "answered"),
                row("com.sun.mail: later", send("DATA", 451), "transient"),
                row("com.sun.mail: shuts down", send("MAIL", 421), "throttled"),
                row("com.sun.mail: not this message", send(".", 554), "answered"),
                row("com.sun.mail: accepted for some", send(".", 250), "unknown-effect"),
                row("com.sun.mail: the connection broke behind the message", send(".", -1), "unknown-effect"),
                row(
                        "com.sun.mail: accepted",
                        new SMTPAddressSucceededException(a(), "RCPT", 250, "ok"),
                        "unknown-effect"),
                row(
                        "com.sun.mail: no connection",
                        new SocketConnectException("no", new Exception(), "h", 25, 1),
                        "transient"),
                row("com.sun.mail: not understood", Attempts.failureOf(JavaxTests::refuse), "answered"));
    }

    private static void refuse() throws Exception {
        throw new MessagingException(
                "no", new CommandFailedException(new com.sun.mail.iap.Response("A1 NO [NONEXISTENT] none")));
    }

    private static SMTPSendFailedException send(String command, int code) {
        return new SMTPSendFailedException(command, code, code + " no", null, NONE, NONE, NONE);
    }

    private static SMTPAddressFailedException address(int code) {
        return new SMTPAddressFailedException(a(), "RCPT TO:<a@example.com>", code, code + " no");
    }

    private static InternetAddress a() {
        try {
            return new InternetAddress("a@example.com");
        } catch (AddressException failure) {
            throw new AssertionError(failure);
        }
    }

    private static Throwable thrownIn(Throwable failure, String type, String method) {
        failure.setStackTrace(new StackTraceElement[] {new StackTraceElement(type, method, null, 1)});
        return failure;
    }
}
