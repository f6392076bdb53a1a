package dev.retrykit.failures;

import static dev.retrykit.failures.Attempts.failureOf;
import static dev.retrykit.failures.Attempts.hidden;

import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.FolderClosedException;
import jakarta.mail.FolderNotFoundException;
import jakarta.mail.IllegalWriteException;
import jakarta.mail.MessageRemovedException;
import jakarta.mail.MessagingException;
import jakarta.mail.MethodNotSupportedException;
import jakarta.mail.NoSuchProviderException;
import jakarta.mail.ReadOnlyFolderException;
import jakarta.mail.SendFailedException;
import jakarta.mail.StoreClosedException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.search.SearchException;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.eclipse.angus.mail.iap.BadCommandException;
import org.eclipse.angus.mail.iap.CommandFailedException;
import org.eclipse.angus.mail.iap.ConnectionException;
import org.eclipse.angus.mail.iap.Response;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPAddressSucceededException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.util.SocketConnectException;
import org.simplejavamail.api.mailer.EmailTooBigException;
import org.springframework.mail.MailAuthenticationException;
import org.springframework.mail.MailParseException;
import org.springframework.mail.MailPreparationException;
import org.springframework.mail.MailSendException;

/** What failures of Jakarta Mail, Angus, Spring Mail and Simple Java Mail mean; a server's are in SmtpTests. */
class MailTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(jakarta(), angus(), spring(), simple()).flatMap(rows -> rows);
    }

    private static Stream<Row> jakarta() {
        return Stream.of(
                row("Mail: around a timeout", new MessagingException("no", new SocketTimeoutException()), "transient"),
                row("Mail: nothing is said", new MessagingException("bug"), "unknown"),
                row(
                        "Mail: not connected",
                        new IllegalStateException(new MessagingException("Not connected")),
                        "neutral"),
                row("Mail: no recipients", new SendFailedException("No recipient addresses"), "neutral"),
                row(
                        "Mail: refused for a reason that isn't said",
                        new SendFailedException("Invalid Addresses"),
                        "answered"),
                row("Mail: a wrong password", new AuthenticationFailedException("535 5.7.8 no"), "neutral"),
                row(
                        "Mail: too many log-ins",
                        new AuthenticationFailedException("454-4.7.0 Too many login attempts please try again later"),
                        "throttled"),
                row(
                        "IMAP: passwords can't be checked",
                        new AuthenticationFailedException("[UNAVAILABLE] no"),
                        "transient"),
                row("POP3: in use", new AuthenticationFailedException("[IN-USE] locked"), "transient"),
                row("IMAP: the folder is lost", new FolderClosedException(null, "lost"), "transient"),
                row("IMAP: the store is lost", new StoreClosedException(null, "lost"), "transient"),
                row("IMAP: no such folder", new FolderNotFoundException("none", null), "answered"),
                row("IMAP: no such message any more", new MessageRemovedException("gone"), "answered"),
                row("IMAP: read only", new ReadOnlyFolderException(null, "no"), "answered"),
                row("Mail: not supported", new MethodNotSupportedException("no"), "neutral"),
                row("Mail: not to be written", new IllegalWriteException("no"), "neutral"),
                row("Mail: no such protocol", new NoSuchProviderException("none"), "neutral"),
                row("Mail: no address", new AddressException("a@"), "neutral"),
                row("Mail: no search", new SearchException("no"), "neutral"));
    }

    private static Stream<Row> angus() {
        return Stream.of(
                row("SMTP: the connection broke behind the message", send(".", -1), "unknown-effect"),
                row("SMTP: the connection broke before it", send("DATA", -1), "transient"),
                row("SMTP: not to this one now", address(450), "transient"),
                row("SMTP: not to this one", address(550), "answered"),
                row("SMTP: to this one when logged in", address(530), "neutral"),
                row("SMTP: recipient refused for now", address(421), "throttled"),
                row("SMTP: not from this one now", sender(451), "transient"),
                row("SMTP: not from this one", sender(553), "answered"),
                row("SMTP: sender refused without a password", sender(530), "neutral"),
                row("SMTP: sender refused for now", sender(421), "throttled"),
                row(
                        "SMTP: refused for one, accepted for another",
                        chained(
                                new SendFailedException("no"),
                                new SMTPAddressSucceededException(a(), "RCPT", 250, "ok")),
                        "unknown-effect"),
                row("SMTP: accepted for one, not now for another", chained(partly(), address(450)), "unknown-effect"),
                row(
                        "SMTP: accepted for one, and the session broke",
                        new SMTPSendFailedException(
                                "DATA", 451, "later", null, new Address[] {a()}, new Address[0], new Address[0]),
                        "unknown-effect"),
                row(
                        "SMTP: not to one now, and the connection broke behind the message to another",
                        new SMTPSendFailedException(
                                ".", -1, "[EOF]", address(450), new Address[0], new Address[0], new Address[0]),
                        "unknown-effect"),
                row("SMTP: no connection", new SocketConnectException("no", new Exception(), "h", 25, 1), "transient"),
                row("IMAP: lost", new MessagingException("no", new ConnectionException("BYE")), "transient"),
                row("IMAP: not now", command("NO [UNAVAILABLE] later"), "transient"),
                row("IMAP: no", command("NO [NONEXISTENT] none"), "answered"),
                row("IMAP: not understood", new BadCommandException("BAD"), "permanent"));
    }

    private static Stream<Row> spring() {
        MessagingException late = new MessagingException("no", new SocketTimeoutException());
        return Stream.of(
                row(
                        "Spring Mail: one message",
                        new MailSendException(Map.of("a", chained(refused(), address(450)))),
                        "transient"),
                row(
                        "Spring Mail: one is refused now, one for good",
                        new MailSendException(Map.of("a", address(450), "b", address(550))),
                        "answered"),
                row(
                        "Spring Mail: one is refused now, one has reached some",
                        new MailSendException(Map.of("a", address(450), "b", partly())),
                        "unknown-effect"),
                row("Spring Mail: no connection", new MailSendException("no", late, Map.of("a", late)), "transient"),
                row("Spring Mail: nothing is said", new MailSendException("bug"), "unknown"),
                row(
                        "Spring Mail: all are sent",
                        new MailSendException("Failed to close server connection after message sending", late),
                        "unknown-effect"),
                row(
                        "Spring Mail: a wrong password",
                        new MailAuthenticationException(new AuthenticationFailedException("535 no")),
                        "neutral"),
                row(
                        "Spring Mail: too many log-ins",
                        new MailAuthenticationException(new AuthenticationFailedException("454 4.7.0 later")),
                        "throttled"),
                row("Spring Mail: no message", new MailParseException("no"), "neutral"),
                row("Spring Mail: not to be prepared", new MailPreparationException("no"), "neutral"),
                row(
                        "Spring Mail: of a future",
                        new ExecutionException(new MailSendException(Map.of("a", sender(553)))),
                        "answered"));
    }

    private static Stream<Row> simple() {
        String mailer = "org.simplejavamail.mailer.internal.MailerException";
        return Stream.of(
                row("Simple Java Mail: around a refusal", hidden(mailer, "no").initCause(address(550)), "answered"),
                row("Simple Java Mail: nothing is said", hidden(mailer, "bug"), "unknown"),
                row(
                        "Simple Java Mail: no sender",
                        hidden("org.simplejavamail.mailer.MailCompletenessException", "no"),
                        "neutral"),
                row(
                        "Simple Java Mail: no message",
                        hidden("org.simplejavamail.email.internal.EmailException", "no"),
                        "neutral"),
                row("Simple Java Mail: too large", new EmailTooBigException(9, 8), "neutral"));
    }

    private static SendFailedException refused() {
        return new SendFailedException("Invalid Addresses", null, new Address[0], new Address[0], new Address[0]);
    }

    private static SendFailedException partly() {
        return new SendFailedException("Sending failed", null, new Address[] {a()}, new Address[0], new Address[0]);
    }

    private static SMTPAddressFailedException address(int code) {
        return new SMTPAddressFailedException(a(), "RCPT TO:<a@example.com>", code, code + " no");
    }

    private static SMTPSenderFailedException sender(int code) {
        return new SMTPSenderFailedException(a(), "MAIL FROM:<a@example.com>", code, code + " no");
    }

    private static SMTPSendFailedException send(String command, int code) {
        Address[] none = {};
        return new SMTPSendFailedException(command, code, "[EOF]", null, none, none, none);
    }

    private static MessagingException chained(MessagingException failure, MessagingException next) {
        failure.setNextException(next);
        return failure;
    }

    private static Throwable command(String line) {
        return new MessagingException("no", (Exception) failureOf(() -> {
            throw new CommandFailedException(new Response("A1 " + line));
        }));
    }

    private static InternetAddress a() {
        try {
            return new InternetAddress("a@example.com");
        } catch (AddressException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
