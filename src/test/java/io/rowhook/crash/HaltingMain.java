package io.rowhook.crash;

import io.rowhook.Observers;
import io.rowhook.Service;
import io.rowhook.admin.RunCommand;
import io.rowhook.capture.CaptureListener;
import io.rowhook.capture.Position;
import io.rowhook.capture.Transaction;
import io.rowhook.journal.JournalEntry;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code rowhook run}, halting itself where {@link HaltPoint#VARIABLE} says. Takes the arguments of
 * the story only: settings, templates, journal.
 */
final class HaltingMain {

  private final String point;
  private final AtomicInteger passingsLeft;

  private HaltingMain(String halt) {
    String[] parts = (halt.isEmpty() ? ":0" : halt).split(":", 2);
    point = parts[0];
    passingsLeft = new AtomicInteger(Integer.parseInt(parts[1]));
  }

  public static void main(String[] arguments) throws Exception {
    HaltingMain halting = new HaltingMain(System.getenv().getOrDefault(HaltPoint.VARIABLE, ""));
    halting.pass(HaltPoint.START);
    RunCommand.Options options =
        new RunCommand.Options(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            Optional.of(Path.of(arguments[2])),
            false,
            false,
            RunCommand.Role.all);
    new Service(options, System.getenv(), halting.observers()).run();
  }

  private void pass(HaltPoint at) {
    if (at.toString().equals(point) && passingsLeft.decrementAndGet() == 0) {
      Runtime.getRuntime().halt(HaltPoint.EXIT_STATUS);
    }
  }

  private Observers observers() {
    return new Observers(
        new CaptureListener() {
          @Override
          public void makingSlot() {
            pass(HaltPoint.MAKING_SLOT);
          }

          @Override
          public void madeSlot() {
            pass(HaltPoint.MADE_SLOT);
          }

          @Override
          public void insideTransaction(String transactionId) {
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

          @Override
          public void flushed(Position confirmed) {
            pass(HaltPoint.AFTER_FLUSH);
          }
        },
        new io.rowhook.webhook.DeliveryListener() {
          @Override
          public void posted(String recipient, JournalEntry entry) {
            pass(HaltPoint.AFTER_POST);
          }
        });
  }
}
