package io.rowhook.entity.transaction;

import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.TransactionAggregator;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of one transaction that no event can be made of: the first are kept one by one, the
 * others are counted. The capture thread's.
 */
public final class RejectedRows {

  private static final int MAX = 1000;

  /** The log's name for whoever gathers them. */
  private static final Logger log = LoggerFactory.getLogger(TransactionAggregator.class);

  private final List<RejectedRow> rows = new ArrayList<>(0);
  private long more;

  public void add(RejectedRow row) {
    if (rows.size() < MAX) {
      rows.add(row);
    } else {
      more++;
    }
  }

  /** How many in all. */
  long count() {
    return rows.size() + more;
  }

  /** The kept ones, and one that says how many there are besides. */
  public List<RejectedRow> rows() {
    if (more == 0) {
      return List.copyOf(rows);
    }
    List<RejectedRow> all = new ArrayList<>(rows);
    all.add(
        new RejectedRow(
            rows.getFirst().table(), "MORE", "{}", more + " more rows of this transaction"));
    return all;
  }

  /** Logs how many there are, if any, and why the first. */
  public void report(Transaction transaction) {
    if (rows.isEmpty()) {
      return;
    }
    RejectedRow first = rows.getFirst();
    log.atWarn()
        .addKeyValue("rows", count())
        .addKeyValue("table", first.table())
        .addKeyValue("operation", first.operation())
        .addKeyValue("position", transaction.end())
        .log(
            "Row changes that no event can be made of; kept in the journal's table rejected_row."
                + " The first: {}",
            first.reason());
  }
}
