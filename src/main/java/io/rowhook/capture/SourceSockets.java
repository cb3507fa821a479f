package io.rowhook.capture;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Properties;
import java.util.function.Consumer;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the driver's sockets, and tells whoever has a connection made, and the engine that it is
 * for, which one is under it. The driver makes it, by the name in {@code socketFactory}, so it is
 * public.
 */
public final class SourceSockets extends SocketFactory {

  private static final ScopedValue<Consumer<SourceSocket>> LISTENER = ScopedValue.newInstance();

  private final boolean replication;
  private final @Nullable Liveness engine;

  /**
   * Made for each connection.
   *
   * @param info the connection's properties
   */
  public SourceSockets(Properties info) {
    replication = info.getProperty("replication") != null;
    engine = Liveness.of(info.getProperty(Liveness.ENGINE));
  }

  /**
   * Tells of each socket that is made meanwhile, by this thread, for a replication connection.
   *
   * @param made told of it before it is connected
   */
  static <T, X extends Throwable> T telling(
      Consumer<SourceSocket> made, ScopedValue.CallableOp<T, X> call) throws X {
    return ScopedValue.where(LISTENER, made).call(call);
  }

  @Override
  public Socket createSocket() {
    SourceSocket socket = new SourceSocket();
    if (replication && LISTENER.isBound()) {
      LISTENER.get().accept(socket);
    }
    if (engine != null) {
      engine.on(socket, replication);
    }
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return SocketFactory.getDefault().createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return SocketFactory.getDefault().createSocket(host, port, localHost, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return SocketFactory.getDefault().createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return SocketFactory.getDefault().createSocket(host, port, localHost, localPort);
  }
}
