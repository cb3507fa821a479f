package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.journal.DeliveryAdminException;

/** What a command has the running service do. Any thread. */
public interface AdminAction {

  /**
   * Does it.
   *
   * @return what to show
   * @throws DeliveryAdminException if it cannot be done, in words for whoever asked
   */
  JsonNode run(AdminRequest request) throws DeliveryAdminException, InterruptedException;
}
