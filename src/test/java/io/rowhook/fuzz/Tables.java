package io.rowhook.fuzz;

import java.util.Map;

/** Which table is which to the server, and what they held. */
record Tables(Map<Table, Long> oids, Truth truth) {

  long oid(Table table) {
    Long oid = oids.get(table);
    if (oid == null) {
      throw new IllegalStateException("no oid of " + table.plain());
    }
    return oid;
  }
}
