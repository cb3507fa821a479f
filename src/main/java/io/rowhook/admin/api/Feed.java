package io.rowhook.admin.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** An answer that goes on with what happens, as server-sent events, until its reader closes it. */
public sealed interface Feed extends AutoCloseable permits LiveEvents.Subscription, Feed.PassedOn {

  @Override
  void close();

  /**
   * What another instance sends, as it comes.
   *
   * @param from to be read by one thread
   */
  record PassedOn(InputStream from) implements Feed {

    @Override
    public void close() {
      try {
        from.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
