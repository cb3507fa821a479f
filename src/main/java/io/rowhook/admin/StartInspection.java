package io.rowhook.admin;

import io.rowhook.admin.check.Inspection;
import io.rowhook.admin.check.Report;
import io.rowhook.base.Finding;
import io.rowhook.base.Finding.Severity;
import io.rowhook.base.Sentences;
import io.rowhook.journal.Disks;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code rowhook check} would say, said by {@code rowhook run} once it captures and sends: a
 * line each in the log. Names are looked up and connections made on a thread of its own, which
 * nothing waits for.
 */
public final class StartInspection {

  private static final Logger log = LoggerFactory.getLogger("io.rowhook.check");

  private StartInspection() {}

  /** Begins to look, and returns at once. Interrupt the thread to have it end. */
  public static Thread start(RunCommand.Options options, Map<String, String> env) {
    Inspection.Request request =
        new Inspection.Request(
            options.config(),
            options.templates(),
            options.journal(),
            false,
            Optional.empty(),
            true,
            env,
            InstantSource.system(),
            Disks.SYSTEM);
    return Thread.ofVirtual()
        .name("check")
        .start(() -> {
          try {
            Inspection.of(request).findings().forEach(StartInspection::say);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the process ends
          } catch (RuntimeException e) {
            log.warn("what rowhook check would say cannot be said: {}", e.toString());
          }
        });
  }

  private static void say(Finding finding) {
    if (finding.severity() == Severity.advice) {
      log.info("{}", line(finding));
    } else {
      log.warn("{}", line(finding));
    }
  }

  /** All that there is to say of it. */
  static String line(Finding finding) {
    String fact = Sentences.of(finding.what(), finding.means());
    return Report.line(
        finding.mend().isEmpty() ? fact : Sentences.of(fact, "-> " + finding.mend()));
  }
}
