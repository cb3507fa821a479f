package io.rowhook.fuzz;

import java.util.List;

/**
 * Columns that hold the key of another row.
 *
 * @param columns in the order of the other table's key
 * @param kept whether the server sees to it that the other row is there
 */
record Link(List<String> columns, Table to, boolean kept) {}
