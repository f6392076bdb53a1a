package dev.retrykit.failures;

import static dev.retrykit.failures.Attempts.closedPort;
import static dev.retrykit.failures.Attempts.failureOf;
import static dev.retrykit.failures.Attempts.hidden;
import static net.schmizz.sshj.common.DisconnectReason.CONNECTION_LOST;
import static net.schmizz.sshj.common.DisconnectReason.HOST_KEY_NOT_VERIFIABLE;
import static net.schmizz.sshj.common.DisconnectReason.KEY_EXCHANGE_FAILED;
import static net.schmizz.sshj.common.DisconnectReason.TOO_MANY_CONNECTIONS;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchProxyException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SftpException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.connection.ConnectionException;
import net.schmizz.sshj.connection.channel.OpenFailException;
import net.schmizz.sshj.sftp.Response;
import net.schmizz.sshj.sftp.SFTPException;
import net.schmizz.sshj.transport.TransportException;
import net.schmizz.sshj.userauth.UserAuthException;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.RuntimeSshException;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.exception.SshChannelClosedException;
import org.apache.sshd.common.channel.exception.SshChannelNotFoundException;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/** What failures of JSch and Apache MINA SSHD mean, of a real server where that is cheap. */
class SftpTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(server(), jsch(), jschWords(), mina(), sshj()).flatMap(rows -> rows);
    }

    /** What a real server of files does. */
    private static Stream<Row> server() {
        try (SshServer server = start()) {
            int port = server.getPort();
            return List.of(
                    row("JSch: no such file", jsch(port, "secret", sftp -> sftp.get("none")), "answered"),
                    row("JSch: the folder is there", jsch(port, "secret", sftp -> sftp.mkdir("folder")), "answered"),
                    row("JSch: closed", jsch(port, "secret", SftpTests::afterTheEnd), "transient"),
                    row("JSch: a wrong password", jsch(port, "wrong", sftp -> sftp.pwd()), "neutral"),
                    row("JSch: unknown host key", failureOf(() -> connect(port, "secret", "yes")), "neutral"),
                    row("MINA: no such file", mina(port, "secret", sftp -> sftp.stat("none")), "answered"),
                    row("MINA: the folder is there", mina(port, "secret", sftp -> sftp.mkdir("folder")), "answered"),
                    row("MINA: a wrong password", mina(port, "wrong", sftp -> sftp.stat("a")), "neutral"))
                    .stream();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static Stream<Row> jsch() {
        return Stream.of(
                row("JSch: nothing listens", failureOf(() -> connect(closedPort(), "secret", "no")), "transient"),
                row("JSch: it hangs up", failureOf(() -> connectTo(LineServer.HANG_UP)), "transient"),
                row("JSch: it says nothing", failureOf(() -> connectTo(LineServer.SILENCE)), "transient"),
                sftp("the end", 1, "answered"),
                sftp("no right", 3, "neutral"),
                sftp("the server's own failure", 4, "answered"),
                sftp("not understood", 5, "permanent"),
                sftp("no connection", 6, "transient"),
                sftp("lost", 7, "transient"),
                sftp("not supported", 8, "answered"),
                sftp("no space", 14, "answered"),
                row(
                        "JSch: the pipe is closed",
                        new SftpException(4, "no", new IOException("Pipe closed")),
                        "transient"),
                row(
                        "JSch: the session is down",
                        new SftpException(4, "no", new JSchException("session is down")),
                        "transient"),
                row(
                        "JSch: a failure of the application's",
                        new SftpException(4, "no", new IndexOutOfBoundsException()),
                        "answered"),
                row("JSch: of a future", new ExecutionException(new SftpException(2, "No such file")), "answered"));
    }

    private static Row sftp(String name, int id, String expected) {
        return row("JSch: " + name, new SftpException(id, "no"), expected);
    }

    private static Stream<Row> jschWords() {
        return Stream.of(
                words("timeout: socket is not established", "transient"),
                words("connection is closed by foreign host", "transient"),
                words("channel is not opened.", "transient"),
                words("Auth fail for methods 'publickey,password'", "neutral"),
                words("HostKey has been changed: a", "neutral"),
                words("Algorithm negotiation fail", "permanent"),
                words("SSH_MSG_DISCONNECT: 2 Too many authentication failures", "neutral"),
                words("SSH_MSG_DISCONNECT: 11 bye", "transient"),
                words("nothing is said", "unknown"),
                row(
                        "JSch: around a refusal",
                        new JSchException("no", new ConnectException("Connection refused")),
                        "transient"),
                row("JSch: the proxy", new JSchProxyException("ProxyHTTP: 502"), "transient"),
                row("JSch: no common algorithm", create("JSchAlgoNegoFailException", 0, "a", "b"), "permanent"),
                row(
                        "JSch: another password is asked for",
                        hidden(name("JSchAuthCancelException"), "password"),
                        "neutral"),
                row("JSch: more than a password", hidden(name("JSchPartialAuthException"), "publickey"), "neutral"),
                row("JSch: another key of the host", hidden(name("JSchChangedHostKeyException"), "no"), "neutral"),
                row("JSch: the exchange of keys", hidden(name("JSchStrictKexException"), "no"), "permanent"),
                disconnect(12, "too many connections", "throttled"),
                disconnect(2, "Too many authentication failures", "neutral"),
                disconnect(14, "no more authentication methods", "neutral"),
                disconnect(3, "key exchange failed", "permanent"),
                disconnect(11, "shutting down", "transient"));
    }

    private static Row words(String words, String expected) {
        return row("JSch: " + words, new JSchException(words), expected);
    }

    private static Row disconnect(int code, String text, String expected) {
        Throwable failure = create("JSchSessionDisconnectException", "SSH_MSG_DISCONNECT: " + text, code, text, "");
        return row("JSch: disconnected, " + text, failure, expected);
    }

    private static Stream<Row> sshj() {
        return Stream.of(
                sshj(Response.StatusCode.NO_SUCH_FILE, "answered"),
                sshj(Response.StatusCode.FAILURE, "answered"),
                sshj(Response.StatusCode.NO_SPACE_ON_FILESYSTEM, "answered"),
                sshj(Response.StatusCode.PERMISSION_DENIED, "neutral"),
                sshj(Response.StatusCode.BAD_MESSAGE, "permanent"),
                sshj(Response.StatusCode.NO_CONNECTION, "transient"),
                sshj(Response.StatusCode.CONNECITON_LOST, "transient"),
                sshj(Response.StatusCode.LOCK_CONFLICT, "transient"),
                row("sshj: around a reset", new SFTPException(new SocketException("Connection reset")), "transient"),
                row("sshj: no answer", new ConnectionException(new TimeoutException("Timeout expired")), "transient"),
                row("sshj: hangs up", new TransportException("Broken transport; encountered EOF"), "transient"),
                row(
                        "sshj: the connection is lost",
                        new TransportException(CONNECTION_LOST, "Disconnected"),
                        "transient"),
                row("sshj: too many connections", new TransportException(TOO_MANY_CONNECTIONS, "no"), "throttled"),
                row("sshj: another key of the host", new TransportException(HOST_KEY_NOT_VERIFIABLE, "no"), "neutral"),
                row("sshj: the exchange of keys", new TransportException(KEY_EXCHANGE_FAILED, "no"), "permanent"),
                row(
                        "sshj: a wrong password",
                        new UserAuthException("Exhausted available authentication methods"),
                        "neutral"),
                row(
                        "sshj: lost before the password was checked",
                        new UserAuthException(new TransportException(CONNECTION_LOST, "Disconnected")),
                        "transient"),
                row(
                        "sshj: too many channels",
                        new OpenFailException("session", OpenFailException.Reason.RESOURCE_SHORTAGE, "no"),
                        "throttled"),
                row("sshj: nothing is said", new SSHException("bug"), "unknown"));
    }

    private static Row sshj(Response.StatusCode code, String expected) {
        return row("sshj: " + code, new SFTPException(code, "no"), expected);
    }

    private static Stream<Row> mina() {
        return Stream.of(
                row("MINA: nothing listens", failureOf(() -> open(closedPort(), "secret", sftp -> {})), "transient"),
                row("MINA: the file is locked", new org.apache.sshd.sftp.common.SftpException(17, "no"), "transient"),
                row("MINA: too many connections", new SshException(12, "no"), "throttled"),
                row("MINA: not this user", new SshException(15, "no"), "neutral"),
                row("MINA: the key of the host", new SshException(9, "Server key did not validate"), "neutral"),
                row("MINA: the exchange of keys", new SshException(3, "no"), "permanent"),
                row("MINA: disconnected", new SshException(11, "bye"), "transient"),
                row("MINA: closed", new SshException("Session is closed"), "transient"),
                row("MINA: nothing is said", new SshException("bug"), "unknown"),
                row("MINA: around it", new RuntimeSshException(new SshException(11, "bye")), "transient"),
                row("MINA: no channel any more", new SshChannelClosedException(1, "closed"), "transient"),
                row("MINA: no such channel", new SshChannelNotFoundException(1, "none"), "transient"),
                row("MINA: no resources", new SshChannelOpenException(1, 4, "no"), "throttled"),
                row("MINA: forbidden", new SshChannelOpenException(1, 1, "no"), "neutral"),
                row("MINA: no connection behind it", new SshChannelOpenException(1, 2, "no"), "transient"),
                row("MINA: no such kind of channel", new SshChannelOpenException(1, 3, "no"), "answered"),
                minaStatus("no right", 3, "neutral"),
                minaStatus("not understood", 5, "permanent"),
                minaStatus("lost", 7, "transient"),
                minaStatus("over its quota", 15, "answered"));
    }

    private static Row minaStatus(String name, int status, String expected) {
        return row("MINA: " + name, new org.apache.sshd.sftp.common.SftpException(status, "no"), expected);
    }

    private static SshServer start() throws IOException {
        Path home = Files.createTempDirectory("sftp");
        home.toFile().deleteOnExit();
        Files.createDirectory(home.resolve("folder")).toFile().deleteOnExit();
        SimpleGeneratorHostKeyProvider key = new SimpleGeneratorHostKeyProvider();
        key.setAlgorithm(KeyUtils.EC_ALGORITHM);
        key.setKeySize(256);
        SshServer server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setPort(0);
        server.setKeyPairProvider(key);
        server.setPasswordAuthenticator((user, password, session) -> password.equals("secret"));
        server.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
        server.setFileSystemFactory(new VirtualFileSystemFactory(home));
        server.start();
        return server;
    }

    /** What may be done with files. */
    @FunctionalInterface
    private interface Work<S> {

        void with(S sftp) throws Exception;
    }

    private static Throwable jsch(int port, String password, Work<ChannelSftp> work) {
        return failureOf(() -> {
            Session session = connect(port, password, "no");
            try {
                ChannelSftp sftp = (ChannelSftp) session.openChannel("sftp");
                sftp.connect(1000);
                work.with(sftp);
            } finally {
                session.disconnect();
            }
        });
    }

    private static void afterTheEnd(ChannelSftp sftp) throws Exception {
        sftp.getSession().disconnect();
        sftp.ls(".");
    }

    private static Session connect(int port, String password, String strict) throws JSchException {
        Session session = new JSch().getSession("a", "127.0.0.1", port);
        session.setPassword(password);
        session.setConfig("StrictHostKeyChecking", strict);
        session.setConfig("PreferredAuthentications", "password");
        session.connect(port == 0 ? 1 : 2000);
        return session;
    }

    private static void connectTo(String greeting) throws Exception {
        try (LineServer server = new LineServer(greeting, line -> LineServer.SILENCE)) {
            Session session = new JSch().getSession("a", "127.0.0.1", server.port());
            session.connect(200);
        }
    }

    private static Throwable mina(int port, String password, Work<SftpClient> work) {
        return failureOf(() -> open(port, password, work));
    }

    private static void open(int port, String password, Work<SftpClient> work) throws Exception {
        try (SshClient client = SshClient.setUpDefaultClient()) {
            client.setServerKeyVerifier((session, address, key) -> true);
            client.start();
            try (ClientSession session =
                    client.connect("a", "127.0.0.1", port).verify(2000).getSession()) {
                session.addPasswordIdentity(password);
                session.auth().verify(2000);
                try (SftpClient sftp = SftpClientFactory.instance().createSftpClient(session)) {
                    work.with(sftp);
                }
            }
        }
    }

    private static String name(String simple) {
        return "com.jcraft.jsch." + simple;
    }

    /** One whose constructor isn't public. */
    private static Throwable create(String simple, Object... arguments) {
        try {
            for (var constructor : Class.forName(name(simple)).getDeclaredConstructors()) {
                if (constructor.getParameterCount() == arguments.length) {
                    constructor.setAccessible(true);
                    return (Throwable) constructor.newInstance(arguments);
                }
            }
            throw new IllegalStateException(simple);
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
