package io.rowhook;

import io.rowhook.admin.ResyncOffers;
import io.rowhook.admin.alerts.Alerts;
import io.rowhook.admin.audit.AuditRunner;
import io.rowhook.admin.health.HealthMonitor;
import io.rowhook.admin.history.History;
import io.rowhook.admin.metrics.Metrics;
import io.rowhook.admin.traces.Traces;
import io.rowhook.admin.whatif.WhatIfs;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.journal.ResyncRunner;
import io.rowhook.journal.RetentionJob;

/**
 * What looks after the {@link Flow}, and does for it what people ask for; events come and go
 * without any of it.
 *
 * @param retention removes what is old
 * @param resync brings recipients up to date
 * @param audits holds recipients against the source
 * @param offers says what should be resynced
 * @param chunks reads the rows for these
 * @param health judges
 * @param alerts tells of it
 * @param whatIfs tries edits
 * @param metrics counts
 * @param history keeps some hours of that
 * @param traces tells collectors
 */
record Surroundings(
    RetentionJob retention,
    ResyncRunner resync,
    AuditRunner audits,
    ResyncOffers offers,
    JdbcRowLookup chunks,
    HealthMonitor health,
    Alerts alerts,
    WhatIfs whatIfs,
    Metrics metrics,
    History history,
    Traces traces) {

  /** Ends what may write the journal. */
  void closeWriters() {
    retention.close();
    offers.close();
    audits.close();
    resync.close();
    alerts.close();
  }

  /** Ends the others, which nobody waits for. */
  void closeReaders() {
    history.close();
    whatIfs.close();
    health.close();
    chunks.close();
    metrics.close();
    traces.close();
  }
}
