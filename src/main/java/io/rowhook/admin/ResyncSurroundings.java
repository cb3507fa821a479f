package io.rowhook.admin;

import io.rowhook.capture.CaptureState;
import io.rowhook.capture.SourceException;
import io.rowhook.entity.EntityType;
import io.rowhook.journal.Resync;
import io.rowhook.journal.ResyncRunner;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.settings.Settings;
import io.rowhook.webhook.DispatcherRegistry;
import io.rowhook.webhook.DispatcherStatus;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a {@link Resync} has to know of settings, recipients and source as they are now. */
public final class ResyncSurroundings implements ResyncRunner.Surroundings {

  private static final Logger log = LoggerFactory.getLogger(ResyncRunner.class);

  private final SqliteJournal journal;
  private final DispatcherRegistry dispatchers;
  private final Supplier<CaptureState> capture;
  private final Supplier<Settings> settings;
  private final ResyncActions.Estimate estimate;

  public ResyncSurroundings(
      SqliteJournal journal,
      DispatcherRegistry dispatchers,
      Supplier<CaptureState> capture,
      Supplier<Settings> settings,
      ResyncActions.Estimate estimate) {
    this.journal = journal;
    this.dispatchers = dispatchers;
    this.capture = capture;
    this.settings = settings;
    this.estimate = estimate;
  }

  @Override
  public boolean standsBy() {
    return capture.get() instanceof CaptureState.Standby;
  }

  @Override
  public boolean isServed(String recipient) {
    return settings.get().recipients().stream().anyMatch(one -> one.name().equals(recipient));
  }

  @Override
  public boolean wants(String recipient, String entity) {
    return ResyncActions.wants(settings.get(), recipient, entity);
  }

  @Override
  public OptionalLong settled(String recipient) {
    return dispatchers.statuses().stream()
        .filter(one -> one.recipient().equals(recipient))
        .mapToLong(DispatcherStatus::cursor)
        .findFirst();
  }

  /** The other half is for what it is told of its own accord. */
  @Override
  public boolean hasRoom(String recipient) {
    return settings.get().recipients().stream()
        .filter(one -> one.name().equals(recipient))
        .allMatch(one -> journal.queries().backlog(recipient).bytes() <= one.backlog().bytes() / 2);
  }

  @Override
  public OptionalLong estimate(String entity, String condition) {
    Optional<EntityType> type =
        settings.get().entities().stream().filter(one -> one.name().equals(entity)).findFirst();
    if (type.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(estimate.of(type.get().table(), condition));
    } catch (SQLException | SourceException e) {
      log.debug("no estimate of {}", entity, e);
      return OptionalLong.empty();
    }
  }
}
