package io.rowhook.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One address of the loopback behind which another server can be put, as a virtual IP or a name in
 * the DNS moves to a promoted standby. Each connection goes to the server of its beginning, byte
 * for byte, and ends with it. Any thread.
 */
public final class MovingAddress implements AutoCloseable {

  private static final int NOWHERE = 0;

  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile int target;

  /** An address that leads to this port of the loopback. */
  public MovingAddress(int target) {
    this.target = target;
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** From now on it leads there. What is connected is cut off. */
  public void moveTo(int port) {
    target = port;
    sockets.forEach(MovingAddress::cut);
  }

  /** From now on whoever connects is cut off at once, as is who is connected. */
  public void leadNowhere() {
    moveTo(NOWHERE);
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    leadNowhere();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> connect(client));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void connect(Socket client) {
    int port = target;
    try (client;
        Socket behind = new Socket(InetAddress.getLoopbackAddress(), port)) {
      sockets.add(client);
      sockets.add(behind);
      if (port != target) {
        return; // moved meanwhile
      }
      client.setTcpNoDelay(true);
      behind.setTcpNoDelay(true);
      Thread back = Thread.ofVirtual().start(() -> pump(behind, client));
      pump(client, behind);
      back.join();
    } catch (IOException e) {
      return; // nobody is there; the client notices
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.removeIf(Socket::isClosed);
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException e) {
      // one side has gone; the other is told below
    }
    cut(from);
    cut(to);
  }

  private static void cut(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
