package io.rowhook.journal;

import io.rowhook.capture.CheckpointStore;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventPublisher;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.ResyncProgress;
import io.rowhook.entity.SpilledChanges;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;

/** A journal whose ports are parts of their own, each of which does what it is for. */
abstract class DelegatingJournal implements Journal {

  abstract EventPublisher publisher();

  abstract CheckpointStore checkpoints();

  abstract TemplateArchive archive();

  @Override
  public void stage(Collection<NetChange> changes, BinaryOperator<NetChange> merge) {
    publisher().stage(changes, merge);
  }

  @Override
  public void discard() throws InterruptedException {
    publisher().discard();
  }

  @Override
  public void discardStaged() throws InterruptedException {
    publisher().discardStaged();
  }

  @Override
  public void publish(Transaction transaction, List<Event> events, List<RejectedRow> rejected) {
    publisher().publish(transaction, events, rejected);
  }

  @Override
  public void publishChunk(Transaction transaction, List<Event> events, ResyncProgress progress) {
    publisher().publishChunk(transaction, events, progress);
  }

  @Override
  public SpilledChanges staged() {
    return publisher().staged();
  }

  @Override
  public void append(Transaction transaction, List<Event> events) throws InterruptedException {
    publisher().append(transaction, events);
  }

  @Override
  public void publishStaged(Transaction transaction, List<RejectedRow> rejected)
      throws InterruptedException {
    publisher().publishStaged(transaction, rejected);
  }

  @Override
  public void commit() throws InterruptedException {
    publisher().commit();
  }

  @Override
  public void complete(Instant committedTo) throws InterruptedException {
    publisher().complete(committedTo);
  }

  @Override
  public Optional<Epoch> epoch() {
    return checkpoints().epoch();
  }

  @Override
  public Position watermark() {
    return checkpoints().watermark();
  }

  @Override
  public Optional<Transaction> last() {
    return checkpoints().last();
  }

  @Override
  public Optional<String> note(String name) {
    return checkpoints().note(name);
  }

  @Override
  public void record(Map<String, String> notes, List<MissedRange> missed) {
    checkpoints().record(notes, missed);
  }

  @Override
  public void acceptedGap(String what, Map<String, String> notes) {
    checkpoints().acceptedGap(what, notes);
  }

  @Override
  public List<MissedRange> missed(int limit) {
    return checkpoints().missed(limit);
  }

  @Override
  public void begin(Epoch epoch, Position start, Map<String, String> notes) {
    checkpoints().begin(epoch, start, notes);
  }

  @Override
  public void keepAttributeSet(String hash, String name, String source) {
    archive().keepAttributeSet(hash, name, source);
  }

  @Override
  public Optional<String> attributeSet(String hash) {
    return archive().attributeSet(hash);
  }

  @Override
  public void attributeSetsInForce(Set<String> hashes) {
    archive().attributeSetsInForce(hashes);
  }

  @Override
  public Set<String> attributeSetsInForce() {
    return archive().attributeSetsInForce();
  }
}
