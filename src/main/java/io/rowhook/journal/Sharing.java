package io.rowhook.journal;

import io.rowhook.journal.kafka.KafkaLog;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.tables.InstanceDao;
import io.rowhook.journal.tables.RecipientNumbers;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the work on a journal is shared among instances of Rowhook: what this one does of it, and who
 * does the rest. A journal that is its file alone is one instance's, which does all of it. Any
 * thread.
 */
public final class Sharing {

  private final @Nullable KafkaLog log; // null: not shared
  private final RecipientNumbers numbers;
  private final GroupCommitWriter writer;
  private final ReaderPool readers;
  private volatile Runnable killSwitched = () -> {};

  Sharing(
      @Nullable KafkaLog log,
      RecipientNumbers numbers,
      GroupCommitWriter writer,
      ReaderPool readers) {
    this.log = log;
    this.numbers = numbers;
    this.writer = writer;
    this.readers = readers;
  }

  /** Whether several instances share it. */
  public boolean isShared() {
    return log != null;
  }

  /**
   * Takes this instance's share: from now on the listener is told what that is. Once.
   *
   * @param capture whether it may be the one that captures
   * @param deliver whether it serves recipients
   */
  public void take(boolean capture, boolean deliver, ShareListener listener) {
    if (log == null) {
      throw new IllegalStateException("a journal that is its file alone is not shared");
    }
    killSwitched = listener::maySend;
    log.share(writer, capture, deliver, listener);
  }

  /** Gives its share back, so that others take it at once. */
  public void leave() {
    if (log != null) {
      log.leave();
    }
  }

  /** Whether this instance serves a recipient now. */
  public boolean serves(String recipient) {
    return log == null || log.has(recipient);
  }

  /** Whether this instance captures now, or does not know of others. */
  public boolean captures() {
    return log == null || log.captures();
  }

  /** Whether this instance does all of the work at present. */
  public boolean doesAll() {
    return log == null || log.doesAll();
  }

  /** Whether it may send; see {@link Journal#maySend}. */
  boolean maySend() {
    return log == null || log.maySend();
  }

  /** Whether this instance sends nothing, since it does not know whether others do its work. */
  public boolean isUnsure() {
    return log != null && log.isUnsure();
  }

  /** This instance, as others know it; empty: the journal is not shared. */
  public Optional<Instance> instance() {
    return Optional.ofNullable(log).map(KafkaLog::instance);
  }

  /** Who serves a recipient, as was heard last; empty: nobody has yet, or it is not shared. */
  public Optional<Instance> server(String recipient) {
    return servers().apply(recipient);
  }

  /** The same for any recipient, as of now. */
  public Function<String, Optional<Instance>> servers() {
    Map<Integer, Instance> servers = log == null ? Map.of() : readers.read(InstanceDao::servers);
    return recipient -> Optional.ofNullable(servers.get(numbers.partition(recipient)));
  }

  /** Who captures, as was heard last; empty: nobody has yet, or it is not shared. */
  public Optional<Instance> capturing() {
    return log == null ? Optional.empty() : readers.read(InstanceDao::capturing);
  }

  /** Who serves recipients, and who captures, as was heard last, each once; of a shared journal. */
  public Collection<Instance> instances() {
    if (log == null) {
      return List.of();
    }
    Map<String, Instance> byName = new TreeMap<>();
    readers.read(InstanceDao::servers).values().forEach(one -> byName.put(one.name(), one));
    capturing().ifPresent(one -> byName.put(one.name(), one));
    return byName.values();
  }

  /** What other instances have written that this one's file does not have yet. */
  public Unread unread() {
    return log == null ? Unread.NOTHING : log.unread();
  }

  /** Another instance has set or cleared the kill switch. */
  void killSwitched() {
    killSwitched.run();
  }

  /** Gives its share back and reads no more; the writer still works. */
  void stop() {
    if (log != null) {
      log.leave();
      log.stopFollowing();
    }
  }

  /** After the writer has ended. */
  void close() {
    if (log != null) {
      log.close();
    }
  }
}
