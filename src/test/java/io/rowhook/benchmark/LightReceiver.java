package io.rowhook.benchmark;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataOutputStream;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The main class of a receiver that costs next to nothing: one thread, one selector, HTTP/1.1 as far as the senders
 * here speak it. It notes when each request was there, and which row it is about. {@link Receiving} is its handle.
 *
 * <p>The first part of a request's path says how it is answered, the second is the recipient's number: {@code /now/0}
 * at once, {@code /late/0} after 20 ms, {@code /503/0} with that status, {@code /hang/0} never; {@code /gated/0} with
 * 503 and {@code /stuck/0} not at all until the gate is opened.
 *
 * <p>Commands, a line each: {@code reset first|last} (which mark of a body counts), {@code count N} of recipient N,
 * {@code open} and {@code shut} the gate, {@code dump FILE}.
 */
final class LightReceiver {

  private static final long LATE = 20_000_000; // ns
  private static final byte[] OK = ascii("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  private static final byte[] UNAVAILABLE =
      ascii("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
  private static final byte[] LENGTH = ascii("content-length:");
  private static final byte[] COMMITTED = ascii("rowhook-committed-at:");
  private static final byte[] DELETED = ascii("rowhook-entity-event: deleted");
  private static final byte[] MARK = ascii("\"mark\":\"#");
  private static final byte[] OPERATION = ascii("\"op\":\"d\"");
  private static final byte[] COMMIT_MICROS = ascii("\"ts_us\":");

  private final Selector selector;
  private final Queue<String> commands = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Due> due = new ArrayDeque<>(); // all wait equally long: in order
  private final long zeroMicros = System.currentTimeMillis() * 1000;
  private final long zeroNanos = System.nanoTime();
  private boolean open;
  private boolean last;

  // What came, one row a request.
  private int size;
  private long[] arrived = new long[1 << 16]; // microseconds since 1970
  private long[] committed = new long[1 << 16];
  private long[] scheduled = new long[1 << 16];
  private int[] id = new int[1 << 16];
  private int[] ordinal = new int[1 << 16];
  private int[] recipient = new int[1 << 16];
  private int[] counts = new int[1 << 10];

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
    switch (words[0]) {
      case "reset" -> {
        size = 0;
        Arrays.fill(counts, 0);
        last = words[1].equals("last");
        return "reset";
      }
      case "count" -> {
        return "count " + counts[Integer.parseInt(words[1])];
      }
      case "open", "shut" -> {
        open = words[0].equals("open");
        return words[0];
      }
      case "dump" -> {
        dump(Path.of(words[1]));
        return "dumped " + size;
      }
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private void dump(Path file) throws IOException {
    try (var out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
      out.writeInt(size);
      for (int i = 0; i < size; i++) {
        out.writeLong(arrived[i]);
        out.writeLong(committed[i]);
        out.writeLong(scheduled[i]);
        out.writeInt(id[i]);
        out.writeInt(ordinal[i]);
        out.writeInt(recipient[i]);
      }
    }
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
                connection.bytes,
                Math.max(2 * connection.bytes.length, connection.filled + count));
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
      int body = headEnd(bytes, begin, connection.filled);
      if (body < 0) {
        break;
      }
      int end = body + (int) number(bytes, find(LENGTH, bytes, begin, body), body);
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
    int slash = find(ascii("/"), bytes, way, body);
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
    if (size == arrived.length) {
      grow();
    }
    int mark = last ? findLast(MARK, bytes, body, end) : find(MARK, bytes, body, end);
    int to = (int) number(bytes, slash, body);
    arrived[size] = zeroMicros + (System.nanoTime() - zeroNanos) / 1000;
    recipient[size] = to;
    counts[to]++;
    if (mark >= 0) {
      int second = find(ascii("/"), bytes, mark, end);
      int third = find(ascii("/"), bytes, second, end);
      id[size] = (int) number(bytes, mark, end);
      scheduled[size] = number(bytes, third, end);
      boolean deleted =
          last
              ? find(OPERATION, bytes, body, end) >= 0
              : find(DELETED, bytes, head, body) >= 0;
      ordinal[size] = (int) number(bytes, second, end) + (deleted ? 1 : 0);
    }
    int commit = find(COMMITTED, bytes, head, body);
    committed[size] =
        commit >= 0 ? instant(bytes, commit) : number(bytes, find(COMMIT_MICROS, bytes, body, end), end);
    size++;
  }

  private void grow() {
    int larger = 2 * size;
    arrived = Arrays.copyOf(arrived, larger);
    committed = Arrays.copyOf(committed, larger);
    scheduled = Arrays.copyOf(scheduled, larger);
    id = Arrays.copyOf(id, larger);
    ordinal = Arrays.copyOf(ordinal, larger);
    recipient = Arrays.copyOf(recipient, larger);
  }

  /** {@code 2026-05-24T15:20:44.123456Z}, as microseconds since 1970. */
  private static long instant(byte[] bytes, int at) {
    int from = at;
    while (bytes[from] == ' ') {
      from++;
    }
    long days =
        java.time.LocalDate.of(
                (int) digits(bytes, from, 4),
                (int) digits(bytes, from + 5, 2),
                (int) digits(bytes, from + 8, 2))
            .toEpochDay();
    long seconds =
        days * 86_400
            + digits(bytes, from + 11, 2) * 3_600
            + digits(bytes, from + 14, 2) * 60
            + digits(bytes, from + 17, 2);
    return seconds * 1_000_000 + digits(bytes, from + 20, 6);
  }

  private static long digits(byte[] bytes, int from, int count) {
    long number = 0;
    for (int i = from; i < from + count; i++) {
      number = number * 10 + (bytes[i] - '0');
    }
    return number;
  }

  /** The first number from there on; 0 if there is none. */
  private static long number(byte[] bytes, int from, int end) {
    if (from < 0) {
      return 0;
    }
    int at = from;
    while (at < end && (bytes[at] < '0' || bytes[at] > '9')) {
      at++;
    }
    long number = 0;
    for (; at < end && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
      number = number * 10 + (bytes[at] - '0');
    }
    return number;
  }

  /** Where the body begins; -1 if the head is not there whole. */
  private static int headEnd(byte[] bytes, int from, int end) {
    for (int i = from + 3; i < end; i++) {
      if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  /** Where what follows the first such text begins, in any case of letters; -1 if it is not there. */
  private static int find(byte[] text, byte[] bytes, int from, int end) {
    if (from < 0) {
      return -1;
    }
    for (int i = from; i <= end - text.length; i++) {
      if (is(text, bytes, i)) {
        return i + text.length;
      }
    }
    return -1;
  }

  private static int findLast(byte[] text, byte[] bytes, int from, int end) {
    for (int i = end - text.length; i >= from; i--) {
      if (is(text, bytes, i)) {
        return i + text.length;
      }
    }
    return -1;
  }

  private static boolean is(byte[] text, byte[] bytes, int at) {
    for (int i = 0; i < text.length; i++) {
      byte b = bytes[at + i];
      if (b != text[i] && (b < 'A' || b > 'Z' || b + 32 != text[i])) {
        return false;
      }
    }
    return true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** For a handle: the arguments that start it in this Java. */
  static String[] command(String classPath) {
    return new String[] {
      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
      "-Xmx512m",
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=4",
      "-cp",
      classPath,
      LightReceiver.class.getName()
    };
  }
}
