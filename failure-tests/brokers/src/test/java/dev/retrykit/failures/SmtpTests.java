package dev.retrykit.failures;

import static dev.retrykit.failures.Attempts.closedPort;
import static dev.retrykit.failures.Attempts.failureOf;

import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/** What it means that a mail server refuses, by a server that plays a script. */
class SmtpTests extends BookTests {

    private static final String READY = "220 mail.example.com";

    static Stream<Row> rows() {
        return Stream.concat(mail(), spring());
    }

    private static Stream<Row> mail() {
        return Stream.of(
                row(
                        "SMTP: nothing listens",
                        failureOf(() -> send(closedPort(), Map.of(), "a@example.com")),
                        "transient"),
                mail("SMTP server: no service now", "421 4.3.2 too many connections", Map.of(), "throttled"),
                mail("SMTP server: no service", "554 5.7.1 you are listed", Map.of(), "answered"),
                mail("SMTP server: hangs up", LineServer.HANG_UP, Map.of(), "transient"),
                mail("SMTP server: says nothing", LineServer.SILENCE, Map.of(), "transient"),
                mail("SMTP server: not from this one now", READY, Map.of("MAIL", "451 4.3.0 later"), "transient"),
                mail("SMTP server: not from this one", READY, Map.of("MAIL", "550 5.1.8 no"), "answered"),
                mail("SMTP server: log in first", READY, Map.of("MAIL", "530 5.7.0 log in"), "neutral"),
                mail("SMTP server: shuts down", READY, Map.of("MAIL", "421 4.3.2 shutting down"), "throttled"),
                mail("SMTP server: a grey list", READY, Map.of("RCPT", "450 4.2.0 grey"), "transient"),
                mail("SMTP server: no such mailbox", READY, Map.of("RCPT", "550 5.1.1 none"), "answered"),
                mail("SMTP server: a full mailbox", READY, Map.of("RCPT", "452 4.2.2 full"), "transient"),
                mail("SMTP server: no data now", READY, Map.of("DATA", "451 4.3.0 later"), "transient"),
                mail("SMTP server: not this message now", READY, Map.of(".", "452 4.3.1 no space"), "transient"),
                mail("SMTP server: not this message", READY, Map.of(".", "554 5.7.1 spam"), "answered"),
                mail(
                        "SMTP server: takes the message and says nothing",
                        READY,
                        Map.of(".", LineServer.SILENCE),
                        "unknown-effect"),
                mail(
                        "SMTP server: takes the message and hangs up",
                        READY,
                        Map.of(".", LineServer.HANG_UP),
                        "unknown-effect"),
                mail("SMTP server: says nothing to the data", READY, Map.of("DATA", LineServer.SILENCE), "transient"),
                row("SMTP server: accepted, and the session does not end", unended(), "unknown-effect"),
                row("SMTP server: accepted for one of two", toTwo(true), "unknown-effect"),
                row("SMTP server: refused for one of two, sent to none", toTwo(false), "answered"));
    }

    private static Stream<Row> spring() {
        return Stream.of(
                row(
                        "Spring Mail, real: nothing listens",
                        failureOf(() -> sender(closedPort()).send(message())),
                        "transient"),
                spring("Spring Mail, real: a grey list", Map.of("RCPT", "450 4.2.0 grey"), "transient"),
                spring(
                        "Spring Mail, real: takes the message and says nothing",
                        Map.of(".", LineServer.SILENCE),
                        "unknown-effect"),
                // Transport.send() may hide this failure behind that of its close().
                spring(
                        "Spring Mail, real: hangs up before the message",
                        Map.of("RCPT", LineServer.HANG_UP),
                        "transient"),
                spring(
                        "Spring Mail, real: takes the message and hangs up",
                        Map.of(".", LineServer.HANG_UP),
                        "unknown-effect"),
                spring("Spring Mail, real: no such mailbox", Map.of("RCPT", "550 5.1.1 none"), "answered"),
                spring("Spring Mail, real: shuts down", Map.of("MAIL", "421 4.3.2 shutting down"), "throttled"),
                spring("Spring Mail, real: a wrong password", Map.of("AUTH", "535 5.7.8 no"), "neutral"),
                spring(
                        "Spring Mail, real: too many log-ins",
                        Map.of("AUTH", "454 4.7.0 Too many login attempts"),
                        "throttled"));
    }

    private static Row mail(String name, String greeting, Map<String, String> script, String expected) {
        return row(
                name,
                failureOf(() -> {
                    try (LineServer server = server(greeting, script)) {
                        send(server.port(), Map.of(), "a@example.com");
                    }
                }),
                expected);
    }

    private static Row spring(String name, Map<String, String> script, String expected) {
        return row(
                name,
                failureOf(() -> {
                    try (LineServer server = server(READY, script)) {
                        JavaMailSenderImpl sender = sender(server.port());
                        if (script.containsKey("AUTH")) {
                            sender.setUsername("a");
                            sender.setPassword("b");
                        }
                        sender.send(message());
                    }
                }),
                expected);
    }

    private static Throwable unended() {
        return failureOf(() -> {
            try (LineServer server = server(READY, Map.of("QUIT", LineServer.SILENCE))) {
                send(server.port(), Map.of("mail.smtp.quitwait", "true"), "a@example.com");
            }
        });
    }

    private static Throwable toTwo(boolean partial) {
        return failureOf(() -> {
            try (LineServer server = server(READY, Map.of("RCPT TO:<b@example.com>", "550 5.1.1 none"))) {
                send(server.port(), Map.of("mail.smtp.sendpartial", "" + partial), "a@example.com,b@example.com");
            }
        });
    }

    /** Answers the longest beginning of a line that the script has; what it hasn't is all right. */
    private static LineServer server(String greeting, Map<String, String> script) throws Exception {
        return new LineServer(greeting, line -> {
            String command = line.split(" ")[0];
            String told = script.getOrDefault(line, script.get(command));
            if (told != null) {
                return told;
            }
            return switch (command) {
                case "EHLO" -> "250-mail.example.com\r\n250 AUTH PLAIN";
                case "DATA" -> "354 go on";
                case "AUTH" -> "235 welcome";
                case "QUIT" -> "221 bye";
                default -> "250 ok";
            };
        });
    }

    private static void send(int port, Map<String, String> more, String to) throws Exception {
        Properties properties = properties(port);
        properties.putAll(more);
        MimeMessage message = new MimeMessage(Session.getInstance(properties));
        message.setFrom("shop@example.com");
        message.setRecipients(Message.RecipientType.TO, InternetAddress.parse(to));
        message.setText("10 EUR");
        Transport.send(message);
    }

    private static Properties properties(int port) {
        Properties properties = new Properties();
        properties.put("mail.smtp.host", "127.0.0.1");
        properties.put("mail.smtp.port", "" + port);
        properties.put("mail.smtp.localhost", "localhost");
        properties.put("mail.smtp.timeout", "200");
        properties.put("mail.smtp.connectiontimeout", "200");
        return properties;
    }

    private static JavaMailSenderImpl sender(int port) {
        JavaMailSenderImpl sender = new JavaMailSenderImpl();
        sender.setHost("127.0.0.1");
        sender.setPort(port);
        sender.setJavaMailProperties(properties(port));
        return sender;
    }

    private static SimpleMailMessage message() {
        SimpleMailMessage message = new SimpleMailMessage();
        message.setFrom("shop@example.com");
        message.setTo("a@example.com");
        message.setText("10 EUR");
        return message;
    }
}
