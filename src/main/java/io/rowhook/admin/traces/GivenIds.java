package io.rowhook.admin.traces;

import io.opentelemetry.sdk.trace.IdGenerator;

/** Gives the library the ids that a span is to have, in place of ones that are drawn. */
final class GivenIds implements IdGenerator {

  private static final ScopedValue<Ids> IDS = ScopedValue.newInstance();

  /**
   * @param trace 32 hex digits
   * @param span 16 hex digits
   */
  record Ids(String trace, String span) {

    /** Starts spans with these. */
    <T> T start(ScopedValue.CallableOp<T, RuntimeException> operation) {
      return ScopedValue.where(IDS, this).call(operation);
    }
  }

  @Override
  public String generateSpanId() {
    return IDS.get().span();
  }

  @Override
  public String generateTraceId() {
    return IDS.get().trace();
  }
}
