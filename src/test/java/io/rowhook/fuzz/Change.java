package io.rowhook.fuzz;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a trigger saw of one row.
 *
 * @param table the OID of the table that is captured: for a partition the topmost
 * @param old null: INSERT
 * @param now null: DELETE
 * @param full whether the table's old rows were logged whole
 * @param sync nothing happened to it: only how its columns are has changed
 */
record Change(
    long table,
    @Nullable Map<String, Cell> old,
    @Nullable Map<String, Cell> now,
    boolean full,
    boolean sync) {}
