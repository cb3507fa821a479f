package io.rowhook.fuzz;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Some writers, at once. */
final class Crew implements AutoCloseable {

  private final List<Work> writers;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  Crew(List<Work> writers) {
    this.writers = writers;
  }

  /** So many transactions, shared among them; returns when all are done. */
  void write(int transactions) throws SQLException, InterruptedException, ExecutionException {
    if (writers.size() == 1) {
      for (int i = 0; i < transactions; i++) {
        writers.getFirst().transaction();
      }
      return;
    }
    List<Future<?>> running = new ArrayList<>();
    int each = transactions / writers.size() + 1;
    for (Work writer : writers) {
      running.add(
          threads.submit(() -> {
            for (int i = 0; i < each; i++) {
              writer.transaction();
            }
            return null;
          }));
    }
    for (Future<?> one : running) {
      one.get();
    }
  }

  @Override
  public void close() throws SQLException {
    threads.close();
    for (Work writer : writers) {
      writer.close();
    }
  }
}
