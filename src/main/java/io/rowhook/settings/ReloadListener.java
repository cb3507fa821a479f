package io.rowhook.settings;

import io.rowhook.capture.SourceException;
import io.rowhook.capture.TableMetadata;
import io.rowhook.entity.EntityType;
import java.util.List;
import java.util.Set;

/**
 * Puts new settings in force. Called by the thread of {@link SettingsReloader}, never twice at
 * once.
 */
@FunctionalInterface
public interface ReloadListener {

  /**
   * What the source's catalog says of the tables of entities.
   *
   * @throws SourceException if they cannot be captured, or it cannot be asked
   */
  default List<TableMetadata> look(List<EntityType> entities) {
    return List.of();
  }

  /** The same as it was when it was last asked for those in force. */
  default List<TableMetadata> known() {
    return List.of();
  }

  /** Of entities in force: they are known, at least as they were when capture began. */
  default List<TableMetadata> lookOrKnown(List<EntityType> entities) {
    try {
      return look(entities);
    } catch (SourceException e) {
      return known(); // what is wrong with the source is for capture to say
    }
  }

  /**
   * Captures other entities from now on; all of it or nothing.
   *
   * @throws SourceException if the source does not let it
   * @throws InterruptedException if the watch is closed meanwhile
   */
  default void recapture(List<EntityType> entities) throws InterruptedException {}

  /**
   * Pauses a recipient until a person resumes it, durably.
   *
   * @param reason in words, without values
   */
  default void pause(String recipient, String reason) throws InterruptedException {}

  /**
   * Resumes the recipients that are paused only because an attribute set was gone, but for these.
   * Called once settings are in force.
   */
  default void resumeAllBut(Set<String> withdrawn) throws InterruptedException {}

  /**
   * Is told what has changed in the settings in force, by an edit of their files.
   *
   * @param changes by name and without values
   */
  default void changed(List<SettingsDiff.Change> changes) throws InterruptedException {}

  /**
   * Puts recipients and attribute sets in force.
   *
   * @param settings whose entities are in force already
   * @param changes between those in force and these; never empty
   */
  void take(Settings settings, SettingsDiff changes) throws InterruptedException;
}
