package io.rowhook.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server without manners: reads one request for each connection, byte for byte, and does as told.
 */
public final class RawServer implements Closeable {

  /** What to do once a request was read. */
  public interface Behaviour {
    void answer(Socket socket, OutputStream out) throws Exception;
  }

  private final ServerSocket server;
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  public RawServer(Behaviour behaviour) {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(() -> accept(behaviour));
  }

  /** Writes a text and closes. */
  public static RawServer saying(String text) {
    return new RawServer((socket, out) -> {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      socket.close();
    });
  }

  public URI url(String target) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + target);
  }

  /** Everything before the body of each request. */
  public List<String> heads() {
    return heads;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept(Behaviour behaviour) {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket, behaviour));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void serve(Socket socket, Behaviour behaviour) {
    try {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        int b = in.read();
        if (b < 0) {
          return;
        }
        head.write(b);
      }
      String text = head.toString(StandardCharsets.ISO_8859_1);
      String length = text.toLowerCase(Locale.ROOT).split("content-length: ", 2)[1];
      in.readNBytes(Integer.parseInt(length.substring(0, length.indexOf('\r'))));
      heads.add(text);
      behaviour.answer(socket, socket.getOutputStream());
    } catch (Exception e) {
      return; // the other side has gone, which is what many tests are about
    }
  }
}
