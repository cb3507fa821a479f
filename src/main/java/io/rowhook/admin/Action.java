package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.journal.DeliveryAdminException;

/** What a command has the running service do. Any thread. */
interface Action {

  /**
   * Does it.
   *
   * @return what to show
   * @throws DeliveryAdminException if it cannot be done, in words for whoever asked
   */
  JsonNode run(Asked asked) throws DeliveryAdminException, InterruptedException;
}
