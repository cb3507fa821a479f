package io.rowhook.webhook;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.rowhook.testing.Certificates;
import io.rowhook.testing.RawServer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Servers for recipients that nobody would want, of every kind. */
final class SickServers implements AutoCloseable {

  /** What is wrong with one. */
  enum Kind {
    hangs,
    trickles,
    answersHugely,
    closesMidway,
    answersGarbage,
    redirects,
    hasABadCertificate
  }

  private static final int HUGE = 100 << 20;

  /** What the servers that answer hugely got rid of. In bytes. */
  final AtomicLong written = new AtomicLong();

  /** How many answers of theirs were begun. */
  final AtomicLong begun = new AtomicLong();

  private final List<Closeable> servers = new ArrayList<>();

  /** Starts one. */
  URI start(Kind kind) throws Exception {
    return switch (kind) {
      case hangs -> raw((_, _) -> {});
      case trickles ->
          raw((_, out) -> {
            write(out, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            while (true) {
              write(out, "x");
              Thread.sleep(1_000); // a byte a second: what is tested
            }
          });
      case answersHugely ->
          raw((socket, out) -> {
            begun.incrementAndGet();
            write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + HUGE + "\r\n\r\n");
            byte[] block = new byte[64 * 1024];
            for (int i = 0; i < HUGE / block.length; i++) {
              out.write(block);
              written.addAndGet(block.length);
            }
            socket.close();
          });
      case closesMidway -> saying("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
      case answersGarbage -> saying("\u0016\u0003\u0001 220 mail.example.com ESMTP\r\n\r\n");
      case redirects ->
          saying(
              "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
      case hasABadCertificate -> badCertificate();
    };
  }

  private URI raw(RawServer.Behaviour behaviour) {
    return keep(new RawServer(behaviour));
  }

  private URI saying(String text) {
    return keep(RawServer.saying(text));
  }

  private URI keep(RawServer server) {
    servers.add(server);
    return server.url("/");
  }

  private URI badCertificate() throws Exception {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    Certificates all = Certificates.get();
    server.setHttpsConfigurator(new HttpsConfigurator(all.stranger.serving(all.ca.certificate())));
    server.start();
    servers.add(() -> server.stop(0));
    return URI.create("https://localhost:" + server.getAddress().getPort() + "/");
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    for (Closeable server : servers) {
      server.close();
    }
  }
}
