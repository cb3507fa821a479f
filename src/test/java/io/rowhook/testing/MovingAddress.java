package io.rowhook.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One address of the loopback behind which another server can be put, as a virtual IP or a name in
 * the DNS moves to a promoted standby. Each connection goes to the server of its beginning, byte
 * for byte, and ends with it. Any thread.
 */
public final class MovingAddress implements AutoCloseable {

  private static final int NOWHERE = 0;

  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Queue<CountDownLatch> closed = new ConcurrentLinkedQueue<>();
  private volatile AtomicReference<CountDownLatch> gate = open();
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

  public boolean leadsNowhere() {
    return target == NOWHERE;
  }

  /** From now on nothing comes through, and nobody is told so: a black hole. */
  public void swallow() {
    CountDownLatch shut = new CountDownLatch(1);
    closed.add(shut);
    gate.set(shut);
  }

  /** The same for whoever is connected now; those who connect later find the server. */
  public void swallowConnected() {
    swallow();
    gate = open();
  }

  /** Lets everything through again, what was held back first. */
  public void letThrough() {
    closed.forEach(CountDownLatch::countDown);
  }

  private static AtomicReference<CountDownLatch> open() {
    return new AtomicReference<>(new CountDownLatch(0));
  }

  @Override
  public void close() {
    letThrough();
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
      AtomicReference<CountDownLatch> through = gate;
      Thread back = Thread.ofVirtual().start(() -> pump(behind, client, through));
      pump(client, behind, through);
      back.join();
    } catch (IOException e) {
      return; // nobody is there; the client notices
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.removeIf(Socket::isClosed);
    }
  }

  private static void pump(Socket from, Socket to, AtomicReference<CountDownLatch> through) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[8192];
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        Objects.requireNonNull(through.get()).await();
        out.write(bytes, 0, count);
      }
      Objects.requireNonNull(through.get()).await(); // nor is an end told
    } catch (IOException e) {
      // one side has gone; the other is told below
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
