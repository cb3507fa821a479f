package io.rowhook.template;

/**
 * On which threads templates and conditions run. What is only tried out, by a preview of an edit or
 * over many events, is kept away from those of deliveries: it takes none of their turns, and what
 * of it never ends is no quarantine and no lost thread of theirs. Any thread.
 */
public final class DraftRendering {

  private static final ScopedValue<TemplateExecutor> EXECUTOR = ScopedValue.newInstance();

  private DraftRendering() {}

  /** Tries something out on this thread. */
  public static <T, X extends Throwable> T call(ScopedValue.CallableOp<T, X> work) throws X {
    return ScopedValue.where(EXECUTOR, TemplateExecutor.DRAFTS).call(work);
  }

  /** Where this thread has templates and conditions run. */
  public static TemplateExecutor executor() {
    return EXECUTOR.orElse(TemplateExecutor.SHARED);
  }
}
