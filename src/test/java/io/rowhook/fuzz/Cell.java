package io.rowhook.fuzz;

import org.jspecify.annotations.Nullable;

/**
 * A value as PostgreSQL's output function writes it.
 *
 * @param kind its type without domains: {@code int4}, {@code enum}, {@code [,int4} for an array
 * @param text null: null
 */
record Cell(String kind, @Nullable String text) {}
