package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.rowhook.admin.api.EndpointFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Whatever is sent to the port, the log stays readable. */
class IllegalRequestsTest {

  @TempDir Path directory;
  private ApiRig rig;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

  @BeforeEach
  void start() throws IOException {
    rig = new ApiRig(directory, Optional.empty());
    log.start();
    root.addAppender(log);
  }

  @AfterEach
  void stop() {
    root.detachAppender(log);
    rig.close();
  }

  @Test
  void noTraceOfThemIsLogged() throws IOException {
    String get = "GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    String stranger = "POST /v1/recipients/shop/pause HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    String known = "POST /v1/recipients/shop/pause HTTP/1.1\r\nHost: me\r\n";
    for (String request :
        List.of(
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "GET /live\r\n\r\n",
            "GET /live HTTP/9.9\r\n\r\n",
            "GET  /live HTTP/1.1\r\n\r\n",
            "GET /live HTTP/1.1\r\n\r\n",
            "GET http://[::1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "GET //evil:x@/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "GET /live# HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "\r\n\r\n\r\n",
            get + "Bad Header: x\r\n\r\n",
            get + ": x\r\n\r\n",
            get + "X\u0000: x\r\n\r\n",
            get + "X: \u0000\u0001\r\n\r\n",
            get + "X: \u00e4\u00f6\r\n\r\n",
            get + "X: a\nY: b\r\n\r\n",
            get + "X: a\r\n folded\r\n\r\n",
            get + "No colon\r\n\r\n",
            get + "Host: two\r\n\r\n",
            get + "X: " + "x".repeat(100_000) + "\r\n\r\n",
            get + "X: x\r\n".repeat(5_000) + "\r\n",
            get + "Content-Length: x\r\n\r\n",
            get + "Content-Length: -1\r\n\r\n",
            get + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
            get + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            get + "Transfer-Encoding: gzip, identity\r\n\r\n",
            get + "Content-Type: ///;;q\r\nAccept: ;;;\r\n\r\n",
            get
                + "Connection: Upgrade, HTTP2-Settings\r\n"
                + "Upgrade: h2c\r\n"
                + "HTTP2-Settings: x\r\n\r\n",
            get + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n",
            get + "Expect: 200-maybe\r\n\r\n",
            get + "Cookie: =;;=\r\n\r\n",
            get + "Origin: \u0007\r\n\r\n",
            get + "Accept-Encoding: gzip;q=x\r\n\r\n",
            stranger + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
            stranger + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
            stranger + "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
            stranger + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcde\r\n0\r\n\r\n",
            stranger + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\nab",
            stranger + "Content-Length: 10\r\n\r\nabc",
            known + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
            known + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
            known + "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
            known + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcde\r\n0\r\n\r\n",
            known + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\nab",
            known + "Content-Length: 10\r\n\r\nabc",
            "GET /v1/%zz%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "GET /live?%=%zz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "GET /live HTTP/1.1\r\nHost: [::1\r\n\r\n",
            "GET /live HTTP/1.1\r\nHost: a b:x\r\n\r\n",
            "GET /live HTTP/1.1\r\nHost: :99999\r\n\r\n",
            "GET /live HTTP/1.1\r\nHost:\r\n\r\n",
            "HEAD /v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nX\r\n\r\n",
            get + "\r\nGARBAGE")) {
      for (boolean reset : new boolean[] {false, true}) {
        assertThat(answer(request, reset)).as(request).doesNotStartWith("HTTP/1.1 5");
      }
    }
    assertThat(log.list).isEmpty();
  }

  /** Empty: it was cut off, or nobody waited for it. */
  private String answer(String request, boolean leaves) throws IOException {
    EndpointFile file = rig.endpoint();
    String known =
        request.replace(
            "Host: me",
            "Host: " + file.authority() + "\r\nAuthorization: Bearer " + file.token().reveal());
    try (Socket socket = new Socket(InetAddress.ofLiteral(EndpointFile.HOST), file.port())) {
      socket.getOutputStream().write(known.getBytes(StandardCharsets.ISO_8859_1));
      if (leaves) {
        socket.setSoLinger(true, 0); // with a reset
        return "";
      }
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (SocketException e) {
      return "";
    }
  }
}
