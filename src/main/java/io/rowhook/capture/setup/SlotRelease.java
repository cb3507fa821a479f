package io.rowhook.capture.setup;

import io.rowhook.capture.Checkpoints;
import io.rowhook.capture.SlotIntent;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.catalog.Slot;
import io.rowhook.capture.debezium.PostgresConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gets the slot back from server processes that work for an engine, or a process, that is gone. */
public final class SlotRelease {

  private static final Logger log = LoggerFactory.getLogger(SlotRelease.class);

  private static final Duration LOOK = Duration.ofMillis(20);

  private final SourceConfig source;
  private final Checkpoints checkpoints;

  public SlotRelease(SourceConfig source, Checkpoints checkpoints) {
    this.source = source;
    this.checkpoints = checkpoints;
  }

  /**
   * Waits until the server has noticed that this process's last engine is gone; where it has not in
   * time, ends the process that sent to it. A slot that is still in use then is someone else's, and
   * the next check says so.
   *
   * @param limit for each of the two
   * @param own the server process that sent to the last engine
   */
  public void awaitRelease(Duration limit, Optional<Integer> own) throws InterruptedException {
    try (Connection connection = PostgresConnections.connect(source)) {
      Optional<Integer> user = user(connection, limit);
      if (user.isPresent() && user.equals(own)) {
        log.warn("server process {} still sends to an engine that is gone; it is ended", own.get());
        end(connection, own.get());
        user(connection, limit);
      }
    } catch (SQLException e) {
      log.debug("waiting for the slot", e); // the next check finds the words for it
    }
  }

  /**
   * Waits until a server process that still makes our slot, for a process of ours that is gone, has
   * noticed that; and ends it where it does not. Does nothing where we have not begun to make one.
   *
   * @param limit for each of the two
   */
  void awaitMaking(Duration limit) {
    Optional<SlotIntent> intent = checkpoints.slotIntent();
    if (intent.isEmpty() || !intent.get().slot().equals(source.slot())) {
      return;
    }
    try (Connection connection = PostgresConnections.connect(source)) {
      Optional<Slot> slot = Slot.read(connection, source.slot());
      if (slot.isEmpty() || slot.get().whole()) {
        return;
      }
      Optional<Integer> maker = user(connection, limit);
      if (maker.isPresent()) {
        log.warn(
            "server process {} still makes slot {} for a Rowhook that is gone; it is ended",
            maker.get(),
            source.slot());
        end(connection, maker.get());
        user(connection, limit);
      }
    } catch (SQLException e) {
      log.debug("waiting for the slot to be made", e); // the next check finds the words for it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void end(Connection connection, int pid) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_terminate_backend(?)")) {
      statement.setInt(1, pid);
      statement.execute();
    }
  }

  /** Who uses the slot, as soon as nobody does or the time is up. */
  private Optional<Integer> user(Connection connection, Duration limit)
      throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    Optional<Integer> user = Slot.read(connection, source.slot()).map(Slot::activePid);
    while (user.isPresent() && System.nanoTime() < deadline) {
      Thread.sleep(LOOK);
      user = Slot.read(connection, source.slot()).map(Slot::activePid);
    }
    return user;
  }
}
