package io.rowhook.capture.debezium;

import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.rowhook.capture.Completeness;
import io.rowhook.capture.connection.LargeRowGate;
import io.rowhook.capture.connection.PeekableSocket;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Knows for how long nothing has come through one engine, and for how long nothing at all on its
 * connection, where the server answers every other second while it is well. While a batch is being
 * taken, silence is our own. Any thread.
 */
public final class EngineActivity
    implements DebeziumEngine.ChangeConsumer<RecordChangeEvent<SourceRecord>> {

  /** The property of a connection that names the engine that it is for. */
  public static final String ENGINE = "rowhook.engine";

  private static final Map<String, EngineActivity> RUNNING = new ConcurrentHashMap<>();

  private final String engine = UUID.randomUUID().toString();
  private final StreamPosition position = new StreamPosition();
  private final LargeRowGate gate = new LargeRowGate();
  private final CountDownLatch released;
  private final CountDownLatch parked = new CountDownLatch(1);
  private volatile @Nullable TransactionAssembler reader;
  private volatile long last = System.nanoTime();
  private volatile boolean busy;
  private volatile long began; // the batch that is being taken
  private volatile boolean heard;
  private volatile boolean mute;
  private volatile @Nullable PeekableSocket log;
  private final Set<Integer> servers = ConcurrentHashMap.newKeySet();
  private final Set<PeekableSocket> sockets = ConcurrentHashMap.newKeySet();

  private EngineActivity(CountDownLatch released) {
    this.released = released;
    RUNNING.put(engine, this);
  }

  /** Of an engine that goes on to the source's log by itself. */
  public static EngineActivity unhindered() {
    return new EngineActivity(new CountDownLatch(0));
  }

  /** Of one that waits with all done but to ask for the log, until {@link #release}. */
  public static EngineActivity waiting() {
    return new EngineActivity(new CountDownLatch(1));
  }

  /** Who takes what it hands over; once, before it may hand anything over. */
  public void readBy(TransactionAssembler taker) {
    reader = taker;
  }

  /** It may ask for the log. */
  public void release() {
    released.countDown();
  }

  /** Waits until it is about to ask for the log, so long at most; returns whether it is. */
  public boolean awaitParked(Duration limit) throws InterruptedException {
    return parked.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** It is about to ask for the log; returns when it may. The engine's own threads. */
  void park() throws InterruptedException {
    parked.countDown();
    released.await();
  }

  /** Of an engine that runs; null: of none that is looked after. */
  static @Nullable EngineActivity of(@Nullable String engine) {
    return engine == null ? null : RUNNING.get(engine);
  }

  String engine() {
    return engine;
  }

  /** The engine has ended. */
  public void unregister() {
    RUNNING.remove(engine);
  }

  /**
   * One of its connections is on this socket.
   *
   * @param replication whether the log comes from it
   */
  void on(PeekableSocket socket, boolean replication) {
    sockets.removeIf(PeekableSocket::isClosed);
    sockets.add(socket);
    if (replication) {
      log = socket;
    }
  }

  /** One of its connections for the log is served by this server process. */
  void servedBy(int pid) {
    servers.add(pid);
  }

  /** The server processes that send to this engine, or did. */
  public Set<Integer> servers() {
    return Set.copyOf(servers);
  }

  /** Whether this server process sends to this engine. */
  public boolean isServedBy(@Nullable Integer pid) {
    return pid != null && servers.contains(pid);
  }

  @Override
  public void handleBatch(
      List<RecordChangeEvent<SourceRecord>> batch,
      DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    began = System.nanoTime();
    busy = true;
    try {
      Objects.requireNonNull(reader, "nobody reads it yet").handleBatch(batch, committer);
    } finally {
      if (!batch.stream().allMatch(EngineActivity::isOwn)) {
        heard = true;
        last = System.nanoTime();
      }
      busy = false;
    }
  }

  /** Only how far the log is, which moves no slot: a heartbeat is due all the same. */
  private static boolean isOwn(RecordChangeEvent<SourceRecord> event) {
    return event.record().topic().equals(StreamPosition.TOPIC);
  }

  /** How many transactions are durable and marked by this engine. */
  public long ends() {
    TransactionAssembler taker = reader;
    return taker == null ? 0 : taker.ends();
  }

  /** The source's log is complete up to there: what it hands over is told so in its place. */
  public void complete(Completeness sample) {
    position.mark(sample);
  }

  /** How far its log has come. */
  StreamPosition position() {
    return position;
  }

  /** What its large row changes go through. */
  LargeRowGate gate() {
    return gate;
  }

  /** Whether anything came through. */
  public boolean heard() {
    return heard;
  }

  /** It streams, as far as the server says: silence counts from now. */
  public void streaming() {
    last = System.nanoTime();
  }

  /** No heartbeat can be sent through it, so that the server's answers must do. */
  public void mute(boolean now) {
    mute = now;
  }

  /** For how long nothing has come through the engine; where nothing has to, on its connection. */
  public Duration silence() {
    return mute ? connectionSilence() : engineSilence();
  }

  /** For how long nothing has come on its connection. */
  public Duration connectionSilence() {
    PeekableSocket known = log;
    Duration engineSilence = engineSilence();
    return known == null || known.silence().compareTo(engineSilence) > 0
        ? engineSilence
        : known.silence();
  }

  private Duration engineSilence() {
    return busy ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - last);
  }

  /** For how long one batch has been under way that is being taken; zero: none is. */
  public Duration busy() {
    return busy ? Duration.ofNanos(System.nanoTime() - began) : Duration.ZERO;
  }

  /** When something came last, by this machine's clock. */
  public Instant since() {
    return Instant.now().minus(silence());
  }

  /** Breaks its connections, on which nobody answers, so that it can end. */
  public void abandon() {
    for (PeekableSocket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        // it is broken then
      }
    }
  }
}
