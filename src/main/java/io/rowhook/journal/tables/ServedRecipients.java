package io.rowhook.journal.tables;

/** Which recipients this process serves, where several share a journal. Any thread. */
public interface ServedRecipients {

  /** Where one process serves all. */
  ServedRecipients ALL =
      new ServedRecipients() {
        @Override
        public boolean has(String name) {
          return true;
        }

        @Override
        public boolean has(long number) {
          return true;
        }
      };

  boolean has(String name);

  /** The same, by its number in the journal. */
  boolean has(long number);
}
