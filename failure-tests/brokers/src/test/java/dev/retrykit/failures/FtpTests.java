package dev.retrykit.failures;

import static dev.retrykit.failures.Attempts.closedPort;
import static dev.retrykit.failures.Attempts.failureOf;

import com.hierynomus.mserref.NtStatus;
import com.hierynomus.mssmb.SMB1NotSupportedException;
import com.hierynomus.mssmb2.SMB2MessageCommandCode;
import com.hierynomus.mssmb2.SMBApiException;
import com.hierynomus.protocol.transport.TransportException;
import com.hierynomus.smbj.common.SMBException;
import com.hierynomus.smbj.common.SMBRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.commons.net.MalformedServerReplyException;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.io.CopyStreamException;
import org.apache.commons.net.nntp.NNTPConnectionClosedException;
import org.apache.commons.net.smtp.SMTPConnectionClosedException;
import org.apache.commons.vfs2.FileSystemException;
import org.springframework.integration.ftp.session.DefaultFtpSessionFactory;
import org.springframework.messaging.MessagingException;

/** What failures of FTP, Commons VFS and SMB mean. */
class FtpTests extends BookTests {

    private static final String READY = "220 ready";

    static Stream<Row> rows() {
        return Stream.of(commonsNet(), integration(), vfs(), smb()).flatMap(rows -> rows);
    }

    private static Stream<Row> commonsNet() {
        return Stream.of(
                row("FTP: nothing listens", failureOf(() -> logIn(closedPort())), "transient"),
                ftp("FTP: too many users", "421 Too many users", Map.of(), "transient"),
                ftp("FTP: it has shut down", READY, Map.of("USER", "421 Shutting down"), "transient"),
                ftp("FTP: it hangs up", READY, Map.of("USER", LineServer.HANG_UP), "transient"),
                ftp("FTP: it says nothing", LineServer.SILENCE, Map.of(), "transient"),
                ftp("FTP: it isn't FTP", "SSH-2.0-OpenSSH_9.2", Map.of(), "permanent"),
                row(
                        "FTP: an answer was cut off",
                        new MalformedServerReplyException("Truncated server reply: '22'"),
                        "transient"),
                row(
                        "FTP: cut off in the middle of a file",
                        new CopyStreamException("no", 10, new SocketException("reset")),
                        "transient"),
                row("FTP: a copy failed", new CopyStreamException("no", 10, new IOException("no")), "transient"),
                row(
                        "FTP: the file to copy isn't there",
                        new CopyStreamException("no", 0, new FileNotFoundException("a")),
                        "permanent"),
                row("Commons Net: SMTP hangs up", construct(SMTPConnectionClosedException.class), "transient"),
                row("Commons Net: NNTP hangs up", construct(NNTPConnectionClosedException.class), "transient"));
    }

    private static Stream<Row> integration() {
        return Stream.of(
                row("Integration FTP: nothing listens", failureOf(() -> write(closedPort())), "transient"),
                session("Integration FTP: too many users", "421 Too many users", Map.of(), "transient"),
                session("Integration FTP: something is wrong with it", READY, Map.of("STOR", "552 full"), "answered"),
                row("Integration FTP: not now", around("450 File unavailable"), "transient"),
                row("Integration FTP: no such folder", around("550 No such folder"), "answered"),
                row("Integration FTP: logged out", around("530 Not logged in"), "neutral"),
                session("Integration FTP: not ready yet", "120 in 5 minutes\r\n500 no", Map.of(), "transient"));
    }

    private static Stream<Row> vfs() {
        return Stream.of(
                row(
                        "VFS: around a timeout",
                        new FileSystemException("vfs.provider.ftp/connect.error", new SocketTimeoutException(), "h"),
                        "transient"),
                row("VFS: no connection", new FileSystemException("vfs.provider.ftp/connect.error", "h"), "transient"),
                row("VFS: a wrong password", new FileSystemException("vfs.provider.ftp/login.error", "h"), "neutral"),
                row("VFS: nothing is said", new FileSystemException("vfs.provider/copy-file.error", "a"), "unknown"),
                row("VFS: no such file", new org.apache.commons.vfs2.FileNotFoundException("a"), "answered"));
    }

    private static Stream<Row> smb() {
        return Stream.of(
                smb("another has the file", NtStatus.STATUS_SHARING_VIOLATION, "transient"),
                smb("the session is over", NtStatus.STATUS_NETWORK_SESSION_EXPIRED, "transient"),
                smb("the share is gone for now", NtStatus.STATUS_NETWORK_NAME_DELETED, "transient"),
                smb("out of resources", NtStatus.STATUS_INSUFF_SERVER_RESOURCES, "throttled"),
                smb("no right", NtStatus.STATUS_ACCESS_DENIED, "neutral"),
                smb("a wrong password", NtStatus.STATUS_LOGON_FAILURE, "neutral"),
                smb("no such file", NtStatus.STATUS_OBJECT_NAME_NOT_FOUND, "answered"),
                smb("the file is there", NtStatus.STATUS_OBJECT_NAME_COLLISION, "answered"),
                smb("full", NtStatus.STATUS_DISK_FULL, "answered"),
                smb("an internal error", NtStatus.STATUS_INTERNAL_ERROR, "permanent"),
                row("SMB: lost", new TransportException(new EOFException()), "transient"),
                row("SMB: only an old protocol", construct(SMB1NotSupportedException.class), "permanent"),
                row("SMB: around it", new SMBRuntimeException(new TransportException("lost")), "transient"),
                row("SMB: around it, checked", new SMBException(new TransportException("lost")), "transient"),
                row("SMB: nothing is said", new SMBRuntimeException("bug"), "unknown"),
                row("SMB: of a future", new ExecutionException(smb(NtStatus.STATUS_FILE_LOCK_CONFLICT)), "transient"));
    }

    private static Row smb(String name, NtStatus status, String expected) {
        return row("SMB: " + name, smb(status), expected);
    }

    private static SMBApiException smb(NtStatus status) {
        return new SMBApiException(status.getValue(), SMB2MessageCommandCode.SMB2_CREATE, "no", null);
    }

    private static Throwable around(String reply) {
        return new MessagingException(
                "Failed to execute on session",
                new IOException("Failed to write to 'a'. Server replied with: " + reply));
    }

    private static Row ftp(String name, String greeting, Map<String, String> script, String expected) {
        return row(
                name,
                failureOf(() -> {
                    try (LineServer server = server(greeting, script)) {
                        logIn(server.port());
                    }
                }),
                expected);
    }

    private static Row session(String name, String greeting, Map<String, String> script, String expected) {
        return row(
                name,
                failureOf(() -> {
                    try (LineServer server = server(greeting, script)) {
                        write(server.port());
                    }
                }),
                expected);
    }

    private static LineServer server(String greeting, Map<String, String> script) throws IOException {
        return new LineServer(greeting, line -> {
            String command = line.split(" ")[0];
            return script.getOrDefault(command, command.equals("USER") ? "331 password" : "230 ok");
        });
    }

    private static void logIn(int port) throws IOException {
        FTPClient client = new FTPClient();
        client.setConnectTimeout(200);
        client.setDefaultTimeout(200);
        client.connect("127.0.0.1", port);
        client.login("a", "b");
    }

    private static void write(int port) throws IOException {
        DefaultFtpSessionFactory factory = new DefaultFtpSessionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port);
        factory.setUsername("a");
        factory.setPassword("b");
        factory.setDefaultTimeout(200);
        factory.getSession().write(new ByteArrayInputStream(new byte[0]), "a");
    }

    private static Throwable construct(Class<? extends Throwable> type) {
        try {
            var constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
