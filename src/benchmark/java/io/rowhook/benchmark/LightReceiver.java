package io.rowhook.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The main class of a receiver that costs next to nothing: one thread, one selector, HTTP/1.1 as
 * far as the senders here speak it. It notes when each request was there, and which row it is
 * about. {@link Receiving} is its handle.
 *
 * <p>The first part of a request's path says how it is answered, the second is the recipient's
 * number: {@code /now/0} at once, {@code /late/0} after 20 ms, {@code /503/0} with that status,
 * {@code /hang/0} never; {@code /gated/0} with 503 and {@code /stuck/0} not at all until the gate
 * is opened.
 *
 * <p>Commands, a line each: {@code reset first|last} (which mark of a body counts), {@code count N}
 * of recipient N, {@code open} and {@code shut} the gate, {@code dump FILE}.
 */
final class LightReceiver {

  private static final long LATE = 20_000_000; // ns
  private static final byte[] OK = Bytes.ascii("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  private static final byte[] UNAVAILABLE =
      Bytes.ascii("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
  private static final byte[] LENGTH = Bytes.ascii("content-length:");
  private static final byte[] COMMITTED = Bytes.ascii("rowhook-committed-at:");
  private static final byte[] DELETED = Bytes.ascii("rowhook-entity-event: deleted");
  private static final byte[] SLASH = Bytes.ascii("/");
  private static final byte[] MARK = Bytes.ascii("\"mark\":\"#");
  private static final byte[] OPERATION = Bytes.ascii("\"op\":\"d\"");
  private static final byte[] COMMIT_MICROS = Bytes.ascii("\"ts_us\":");

  private final Selector selector;
  private final Queue<String> commands = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Due> due = new ArrayDeque<>(); // all wait equally long: in order
  private final long zeroMicros = System.currentTimeMillis() * 1000;
  private final long zeroNanos = System.nanoTime();
  private boolean open;
  private boolean last;

  private final Notes notes = new Notes();

  private record Due(long nanos, Connection connection) {}

  private static final class Connection {
    final SocketChannel channel;
    byte[] bytes = new byte[8 * 1024];
    int filled;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }
  }

  private LightReceiver() throws IOException {
    selector = Selector.open();
  }

  public static void main(String[] arguments) throws IOException {
    LightReceiver receiver = new LightReceiver();
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2_000);
    server.configureBlocking(false);
    server.register(receiver.selector, SelectionKey.OP_ACCEPT);
    Thread.ofPlatform().daemon().start(receiver::listen);
    System.out.println("port " + ((InetSocketAddress) server.getLocalAddress()).getPort());
    receiver.serve();
  }

  private void listen() {
    try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        commands.add(line);
        selector.wakeup();
      }
    } catch (IOException e) {
      System.err.println(e);
    }
    System.exit(0); // whoever started it has gone
  }

  private void serve() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
    while (true) {
      select();
      answerLate();
      for (SelectionKey key : selector.selectedKeys()) {
        if (key.isAcceptable()) {
          accept((ServerSocketChannel) key.channel());
        } else {
          read(key, buffer);
        }
      }
      selector.selectedKeys().clear();
      for (String line = commands.poll(); line != null; line = commands.poll()) {
        System.out.println(obey(line.split(" ")));
      }
    }
  }

  private void select() throws IOException {
    if (due.isEmpty()) {
      selector.select();
      return;
    }
    long millis = (due.getFirst().nanos - System.nanoTime()) / 1_000_000;
    if (millis > 0) {
      selector.select(millis);
    } else {
      selector.selectNow();
    }
  }

  private void answerLate() throws IOException {
    long now = System.nanoTime();
    while (!due.isEmpty() && due.getFirst().nanos <= now) {
      answer(due.remove().connection, OK);
    }
  }

  private String obey(String[] words) throws IOException {
    return switch (words[0]) {
      case "reset" -> {
        notes.clear();
        last = words[1].equals("last");
        yield words[0];
      }
      case "count" -> "count " + notes.count(Integer.parseInt(words[1]));
      case "open", "shut" -> {
        open = words[0].equals("open");
        yield words[0];
      }
      case "dump" -> {
        notes.dump(Path.of(words[1]));
        yield words[0];
      }
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  private void accept(ServerSocketChannel server) throws IOException {
    SocketChannel channel = server.accept();
    if (channel != null) {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.register(selector, SelectionKey.OP_READ, new Connection(channel));
    }
  }

  private void read(SelectionKey key, ByteBuffer buffer) {
    Connection connection = (Connection) key.attachment();
    try {
      buffer.clear();
      int count = connection.channel.read(buffer);
      if (count < 0) {
        connection.channel.close();
        return;
      }
      buffer.flip();
      if (connection.bytes.length < connection.filled + count) {
        connection.bytes =
            Arrays.copyOf(
                connection.bytes, Math.max(2 * connection.bytes.length, connection.filled + count));
      }
      buffer.get(connection.bytes, connection.filled, count);
      connection.filled += count;
      requests(connection);
    } catch (IOException e) {
      close(connection.channel); // the sender has gone
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      System.err.println(e);
    }
  }

  private void requests(Connection connection) throws IOException {
    byte[] bytes = connection.bytes;
    int begin = 0;
    while (true) {
      int body = Bytes.headEnd(bytes, begin, connection.filled);
      if (body < 0) {
        break;
      }
      int end = body + (int) Bytes.number(bytes, Bytes.find(LENGTH, bytes, begin, body), body);
      if (end > connection.filled) {
        break;
      }
      request(connection, begin, body, end);
      begin = end;
    }
    System.arraycopy(bytes, begin, bytes, 0, connection.filled - begin);
    connection.filled -= begin;
  }

  /** One request: its head, its body. {@code POST /now/12 HTTP/1.1}. */
  private void request(Connection connection, int head, int body, int end) throws IOException {
    byte[] bytes = connection.bytes;
    int way = head + "POST /".length();
    int slash = Bytes.find(SLASH, bytes, way, body);
    switch (bytes[way]) {
      case 'n' -> {
        note(bytes, slash, head, body, end);
        answer(connection, OK);
      }
      case 'l' -> {
        note(bytes, slash, head, body, end);
        due.add(new Due(System.nanoTime() + LATE, connection));
      }
      case 'g' -> {
        if (open) {
          note(bytes, slash, head, body, end);
        }
        answer(connection, open ? OK : UNAVAILABLE);
      }
      case 's' -> {
        if (open) {
          note(bytes, slash, head, body, end);
          answer(connection, OK);
        }
      }
      case 'h' -> {} // never
      default -> answer(connection, UNAVAILABLE);
    }
  }

  private static void answer(Connection connection, byte[] answer) throws IOException {
    if (connection.channel.isOpen()) {
      connection.channel.write(ByteBuffer.wrap(answer)); // a few bytes always fit
    }
  }

  private void note(byte[] bytes, int slash, int head, int body, int end) {
    long at = zeroMicros + (System.nanoTime() - zeroNanos) / 1000;
    int id = 0;
    int ordinal = 0;
    long scheduled = 0;
    int mark = last ? Bytes.findLast(MARK, bytes, body, end) : Bytes.find(MARK, bytes, body, end);
    if (mark >= 0) {
      int second = Bytes.find(SLASH, bytes, mark, end);
      int third = Bytes.find(SLASH, bytes, second, end);
      id = (int) Bytes.number(bytes, mark, end);
      scheduled = Bytes.number(bytes, third, end);
      boolean deleted =
          last
              ? Bytes.find(OPERATION, bytes, body, end) >= 0
              : Bytes.find(DELETED, bytes, head, body) >= 0;
      ordinal = (int) Bytes.number(bytes, second, end) + (deleted ? 1 : 0);
    }
    int commit = Bytes.find(COMMITTED, bytes, head, body);
    long committed =
        commit >= 0
            ? Bytes.instant(bytes, commit)
            : Bytes.number(bytes, Bytes.find(COMMIT_MICROS, bytes, body, end), end);
    int recipient = (int) Bytes.number(bytes, slash, body);
    notes.add(new Arrival(at, committed, scheduled, id, ordinal, recipient));
  }

  /** For a handle: the arguments that start it in this Java. */
  static String[] command(String classPath) {
    return new String[] {
      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
      "-Xms512m",
      "-Xmx512m",
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=4",
      "-cp",
      classPath,
      LightReceiver.class.getName()
    };
  }
}
