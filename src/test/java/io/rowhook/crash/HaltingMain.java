package io.rowhook.crash;

import io.rowhook.Settings;
import io.rowhook.capture.Capture;
import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.Observer;
import io.rowhook.capture.Source;
import io.rowhook.capture.Timing;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.EntityEvents;
import io.rowhook.journal.Entry;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.template.Templates;
import io.rowhook.webhook.Courier;
import io.rowhook.webhook.Networks;
import io.rowhook.webhook.Sender;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code rowhook run}, halting itself where {@link HaltPoint#VARIABLE} says. To be wired. */
final class HaltingMain {
  private HaltingMain() {}

  static AtomicInteger left = new AtomicInteger();
  static String point = "";

  static void pass(HaltPoint at) {
    if (at.toString().equals(point) && left.decrementAndGet() == 0) {
      Runtime.getRuntime().halt(HaltPoint.EXIT_STATUS);
    }
  }

  public static void main(String[] arguments) throws Exception {
    String halt = System.getenv().getOrDefault(HaltPoint.VARIABLE, "");
    if (!halt.isEmpty()) {
      point = halt.substring(0, halt.indexOf(':'));
      left.set(Integer.parseInt(halt.substring(halt.indexOf(':') + 1)));
    }
    pass(HaltPoint.START);
    Settings settings =
        Settings.read(Path.of(arguments[2]), Path.of(arguments[4]), Map.of());
    SqliteJournal journal = SqliteJournal.open(Path.of(arguments[6]));
    EntityEvents events =
        new EntityEvents(
            settings.entities(), journal, journal, EntityEvents.DEFAULT_MEMORY_LIMIT);
    Capture capture =
        new Capture(
            Source.of(settings.source().values(), "source.properties"),
            settings.entities().stream()
                .map(type -> new CapturedTable(type.table(), type.excluded()))
                .toList(),
            journal,
            events,
            new Observer() {
              @Override
              public void insideTransaction(long transactionId) {
                pass(HaltPoint.INSIDE_TRANSACTION);
              }

              @Override
              public void committed(Transaction last) {
                pass(HaltPoint.BEFORE_MARK);
              }

              @Override
              public void marked(Transaction last) {
                pass(HaltPoint.BEFORE_FLUSH);
              }
            },
            Timing.DEFAULT,
            false);
    Templates templates = new Templates(journal, Templates.load(settings.templates()));
    List<Courier> couriers =
        settings.recipients().stream()
            .map(
                recipient ->
                    new Courier(
                        recipient,
                        journal,
                        templates,
                        new Sender(Networks.ANY),
                        InstantSource.system(),
                        new Random(),
                        new io.rowhook.webhook.Observer() {
                          @Override
                          public void posted(String name, Entry entry) {
                            pass(HaltPoint.AFTER_POST);
                          }
                        }))
            .toList();
    couriers.forEach(Courier::start);
    capture.start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  capture.close();
                  couriers.forEach(Courier::close);
                  journal.close();
                }));
    long before = -1;
    while (true) {
      long now = events.counts().duplicates();
      if (now != before) {
        System.out.println("duplicates=" + now);
        before = now;
      }
      Thread.sleep(100);
    }
  }
}
