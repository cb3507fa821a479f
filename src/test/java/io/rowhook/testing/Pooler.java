package io.rowhook.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What PgBouncer 1.18 does to a client that asks for replication, in session mode and in
 * transaction mode alike: it refuses the parameter. Others it connects with a server. Any thread.
 */
public final class Pooler implements AutoCloseable {

  private static final int SSL_REQUEST = 80_877_103;

  private final ServerSocket listening;
  private final int server;

  /** One before the server at this port of the loopback. */
  public Pooler(int server) {
    this.server = server;
    try {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listening.getLocalPort();
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket behind = new Socket(InetAddress.getLoopbackAddress(), server)) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      byte[] startup = startup(in, client.getOutputStream());
      if (new String(startup, StandardCharsets.UTF_8).contains("replication")) {
        refuse(client.getOutputStream());
        return;
      }
      DataOutputStream out = new DataOutputStream(behind.getOutputStream());
      out.writeInt(startup.length + Integer.BYTES);
      out.write(startup);
      Thread back = Thread.ofVirtual().start(() -> pump(behind, client));
      pump(client, behind);
      back.join();
    } catch (IOException e) {
      return; // the client is gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The startup message without its length; TLS is declined first. */
  private static byte[] startup(DataInputStream in, OutputStream out) throws IOException {
    while (true) {
      byte[] message = in.readNBytes(in.readInt() - Integer.BYTES);
      if (message.length != Integer.BYTES || ByteBuffer.wrap(message).getInt() != SSL_REQUEST) {
        return message;
      }
      out.write('N');
      out.flush();
    }
  }

  private static void refuse(OutputStream out) throws IOException {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    for (String field :
        new String[] {"SFATAL", "C08P01", "Munsupported startup parameter: replication"}) {
      fields.write(field.getBytes(StandardCharsets.UTF_8));
      fields.write(0);
    }
    fields.write(0);
    DataOutputStream error = new DataOutputStream(out);
    error.writeByte('E');
    error.writeInt(fields.size() + Integer.BYTES);
    error.write(fields.toByteArray());
    error.flush();
  }

  private static void pump(Socket from, Socket to) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException e) {
      return; // one of them is gone
    }
  }
}
