package io.rowhook.capture.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waiting for input takes none of it. */
final class PeekableSocketTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final PeekableSocket socket = new PeekableSocket();

  @SuppressWarnings("NullAway.Init")
  private Socket server;

  @BeforeEach
  void connect() throws IOException {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      socket.connect(listening.getLocalSocketAddress());
      server = listening.accept();
    }
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
    server.close();
  }

  private void comes(String text) throws IOException {
    server.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void whatIsWaitedForCanBeReadAfterwards() throws IOException {
    comes("abc");
    assertThat(socket.awaitInput(LONG)).isTrue();
    assertThat(socket.awaitInput(LONG)).isTrue();

    InputStream in = socket.getInputStream();
    assertThat(in.available()).isEqualTo(3);
    assertThat(in.read()).isEqualTo('a');
    assertThat(in.readNBytes(2)).asString().isEqualTo("bc");
    assertThat(in.available()).isZero();
  }

  @Test
  void whatHasComeIsNotLostToTheWaitForMore() throws IOException {
    comes("a");
    assertThat(socket.awaitInput(LONG)).isTrue();
    socket.setSoTimeout(1); // so does the driver when it only looks

    byte[] bytes = new byte[10];
    InputStream in = socket.getInputStream();
    assertThat(in.read(bytes, 4, 0)).isZero();
    assertThat(in.read(bytes, 4, 6)).isOne();
    assertThat(bytes[4]).isEqualTo((byte) 'a');
    Assertions.assertThatThrownBy(() -> in.read(bytes, 4, 6))
        .isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void itWaitsNoLongerThanItMay() throws IOException {
    socket.setSoTimeout(1_234);
    long began = System.nanoTime();
    assertThat(socket.awaitInput(Duration.ofMillis(50))).isFalse();
    assertThat(System.nanoTime() - began).isGreaterThan(Duration.ofMillis(40).toNanos());
    assertThat(socket.getSoTimeout()).isEqualTo(1_234);

    comes("a");
    assertThat(socket.awaitInput(LONG)).isTrue();
    assertThat(socket.getSoTimeout()).isEqualTo(1_234);
    assertThat(socket.getInputStream().read()).isEqualTo('a');
  }

  @Test
  void theEndIsInputToo() throws IOException {
    server.close();
    assertThat(socket.awaitInput(LONG)).isTrue();

    InputStream in = socket.getInputStream();
    assertThat(in.available()).isZero();
    assertThat(in.read(new byte[3])).isEqualTo(-1);
    assertThat(in.read()).isEqualTo(-1);
  }

  @Test
  void aBrokenConnectionIsTold() throws IOException {
    socket.close();

    Assertions.assertThatThrownBy(() -> socket.awaitInput(LONG)).isInstanceOf(IOException.class);
  }
}
