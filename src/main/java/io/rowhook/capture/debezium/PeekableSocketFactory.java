package io.rowhook.capture.debezium;

import io.rowhook.capture.connection.PeekableSocket;
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
public final class PeekableSocketFactory extends SocketFactory {

  private static final ScopedValue<Consumer<PeekableSocket>> LISTENER = ScopedValue.newInstance();

  private final boolean replication;
  private final @Nullable EngineActivity engine;

  /**
   * Made for each connection.
   *
   * @param info the connection's properties
   */
  public PeekableSocketFactory(Properties info) {
    replication = info.getProperty("replication") != null;
    engine = EngineActivity.of(info.getProperty(EngineActivity.ENGINE));
  }

  /**
   * Tells of each socket that is made meanwhile, by this thread, for a replication connection.
   *
   * @param made told of it before it is connected
   */
  static <T, X extends Throwable> T withListener(
      Consumer<PeekableSocket> made, ScopedValue.CallableOp<T, X> call) throws X {
    return ScopedValue.where(LISTENER, made).call(call);
  }

  @Override
  public Socket createSocket() {
    PeekableSocket socket = new PeekableSocket();
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
