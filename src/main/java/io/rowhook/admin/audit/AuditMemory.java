package io.rowhook.admin.audit;

import org.jspecify.annotations.Nullable;

/** What is remembered of one audit while the process lives. The thread's of {@link AuditRunner}. */
final class AuditMemory {

  /** Whether what is on its way to the recipient is waited for: it moves. */
  boolean patient = true;

  /** What it waits for, in words; null: for nothing. */
  @Nullable String note;
}
