package io.rowhook.testing;

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
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A real HTTP proxy on loopback: tunnels on {@code CONNECT}, and passes on what comes in absolute
 * form. Every host name is the loopback address to it: it finds addresses that nobody else does.
 */
public final class TestProxy implements Closeable {

  private final ServerSocket server;
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile String answer = "";
  private volatile String credentials = "";

  public TestProxy() {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** Refuses whoever does not send exactly this as {@code Proxy-Authorization}. */
  public TestProxy asking(String value) {
    credentials = value;
    return this;
  }

  /** Answers so, and leads nowhere; {@code close} closes the connection without a word. */
  public TestProxy answering(String text) {
    answer = text;
    return this;
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Request line and headers of each request that it read itself. */
  public List<String> heads() {
    return heads;
  }

  /** Ends the connections that there are. */
  public void cut() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = head(client.getInputStream());
      if (head.isEmpty()) {
        return;
      }
      heads.add(head);
      OutputStream out = client.getOutputStream();
      if (!credentials.isEmpty()
          && !head.contains("\r\nProxy-Authorization: " + credentials + "\r\n")) {
        say(out, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
      } else if (answer.equals("close")) {
        return;
      } else if (!answer.isEmpty()) {
        say(out, answer);
      } else {
        passOn(head, client);
      }
    } catch (IOException e) {
      return; // one side has gone
    }
  }

  private void passOn(String head, Socket client) throws IOException {
    String[] line = head.substring(0, head.indexOf("\r\n")).split(" ", 3);
    boolean tunnel = line[0].equals("CONNECT");
    URI target = URI.create(tunnel ? "https://" + line[1] : line[1]);
    try (Socket there = new Socket(InetAddress.getLoopbackAddress(), target.getPort())) {
      sockets.add(there);
      if (tunnel) {
        say(client.getOutputStream(), "HTTP/1.1 200 Connection established\r\n\r\n");
      } else {
        String path = line[1].substring(line[1].indexOf('/', "http://".length()));
        String rest = head.substring(head.indexOf("\r\n") + 2);
        say(
            there.getOutputStream(),
            line[0]
                + " "
                + path
                + " HTTP/1.1\r\nConnection: close\r\n"
                + rest.replaceAll("(?i)(Proxy-Authorization|Connection): .*\r\n", ""));
      }
      Thread up =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.getInputStream().transferTo(there.getOutputStream());
                  there.shutdownOutput();
                } catch (IOException e) {
                  return; // one side has gone
                }
              });
      there.getInputStream().transferTo(client.getOutputStream());
      up.interrupt();
    }
  }

  private static void say(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        return "";
      }
      head.write(b);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }
}
