package io.rowhook.journal.kafka;

import io.rowhook.journal.Instance;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.ShareListener;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.InstanceDao;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over partitions and gives them back, in this order, on which the promises rest. Over: no
 * transaction of the owner before can end any more; all of it is in the file; it may be written; it
 * is worked at. Back: it is worked at no more; what came of it is written; it is written no more;
 * others have it. One thread tells the listener.
 */
final class Shares implements GroupMember.Listener, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Shares.class);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final Topics topics;
  private final Ownership ownership;
  private final Follower follower;
  private final GroupCommitWriter writer;
  private final ShareListener listener;
  private final Predicate<String> mine;
  private final Supplier<Instance> me;
  private final CountDownLatch served = new CountDownLatch(1);
  private final ExecutorService teller =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("shares").factory());

  Shares(
      Topics topics,
      Ownership ownership,
      Follower follower,
      GroupCommitWriter writer,
      ShareListener listener,
      Predicate<String> mine,
      Supplier<Instance> me) {
    this.topics = topics;
    this.ownership = ownership;
    this.follower = follower;
    this.writer = writer;
    this.listener = listener;
    this.mine = mine;
    this.me = me;
  }

  @Override
  public void assigned(Collection<TopicPartition> partitions) {
    follower.requests().acquire(partitions);
  }

  /** These are in the file to their end; the follower's thread. */
  void caughtUp(Collection<TopicPartition> partitions) {
    ownership.add(partitions);
    teller.execute(() -> {
      tellNow(partitions);
      announce(partitions); // which is a commit, and who is owed waits for the other
    });
  }

  /** Lets all know who does it now. */
  private void announce(Collection<TopicPartition> partitions) {
    Instance instance = me.get();
    List<Integer> delivered =
        partitions.stream()
            .filter(one -> one.topic().equals(topics.deliveries()))
            .map(TopicPartition::partition)
            .toList();
    try {
      writer.write(
          WriteTask.urgent(sql -> {
            InstanceDao.serves(sql, delivered, instance);
            if (partitions.contains(topics.eventsPartition())) {
              InstanceDao.captures(sql, instance);
            }
            return true;
          }));
    } catch (JournalException e) {
      LOG.warn("others do not know yet what this instance serves: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void revoked(Collection<TopicPartition> partitions) throws InterruptedException {
    follower.requests().cancel(partitions);
    ownership.leave(partitions);
    await(tell(partitions));
    try {
      writer.write(WriteTask.urgent(_ -> true)); // all that was queued before is written
    } catch (JournalException e) {
      LOG.warn("what came of the last deliveries may not be written: {}", e.getMessage());
    }
    ownership.remove(partitions);
    follower.requests().release(partitions);
  }

  @Override
  public void lost(Collection<TopicPartition> partitions) throws InterruptedException {
    follower.requests().cancel(partitions);
    ownership.remove(partitions);
    await(tell(partitions));
    follower.requests().release(partitions);
  }

  /** Waits until it was said for the first time who is served here; so long at most. */
  void awaitServed(Duration limit) throws InterruptedException {
    if (!served.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.info("no recipient has fallen to this instance yet");
    }
  }

  @Override
  public void renewed() {
    listener.maySend();
  }

  private Future<?> tell(Collection<TopicPartition> partitions) {
    return teller.submit(() -> tellNow(partitions));
  }

  private void tellNow(Collection<TopicPartition> partitions) {
    try {
      if (partitions.stream().anyMatch(one -> one.topic().equals(topics.deliveries()))) {
        listener.serve(mine);
        served.countDown();
      }
      if (partitions.contains(topics.eventsPartition())) {
        listener.capture(ownership.serves(topics.eventsPartition()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (JournalException e) {
      LOG.warn(
          "the share of this instance could not be taken or given back; tried again: {}",
          e.getMessage());
      again(partitions);
    } catch (RuntimeException e) {
      LOG.error("the share of this instance could not be taken or given back; tried again", e);
      again(partitions);
    }
  }

  private void again(Collection<TopicPartition> partitions) {
    CompletableFuture.delayedExecutor(AGAIN.toMillis(), TimeUnit.MILLISECONDS, teller)
        .execute(() -> tellNow(partitions));
  }

  private static void await(Future<?> told) throws InterruptedException {
    try {
      told.get();
    } catch (ExecutionException | RejectedExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    teller.shutdown();
  }
}
