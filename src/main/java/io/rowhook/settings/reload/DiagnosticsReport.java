package io.rowhook.settings.reload;

import io.rowhook.settings.SettingsReloader;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is wrong with the files as they are now: logged once, and kept for the status for as long as
 * it is so. Reported by one thread; any may ask.
 */
public final class DiagnosticsReport {

  private static final Logger log = LoggerFactory.getLogger(SettingsReloader.class);

  private volatile List<String> problems = List.of();

  /** Whole sentences; empty while the files are what is in force. */
  public List<String> problems() {
    return problems;
  }

  /** Logs what has not been said yet. */
  public void report(List<String> refused, List<String> notices) {
    List<String> before = problems;
    List<String> now = Stream.concat(refused.stream(), notices.stream()).distinct().toList();
    problems = now;
    List<String> fresh = refused.stream().filter(one -> !before.contains(one)).toList();
    fresh.forEach(problem -> log.error("settings refused: {}", problem));
    notices.stream()
        .filter(one -> !before.contains(one))
        .forEach(notice -> log.warn("settings: {}", notice));
    if (!fresh.isEmpty()) {
      log.warn(
          "the settings were edited and are not all good; of the others the last good ones stay in force");
    }
    if (now.isEmpty() && !before.isEmpty()) {
      log.info("the settings are good again");
    }
  }
}
