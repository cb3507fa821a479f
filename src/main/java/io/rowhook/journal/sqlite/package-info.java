/**
 * SQLite itself: one writer that shares commits, a few readers, the file, its version and its
 * faults.
 */
@NullMarked
package io.rowhook.journal.sqlite;

import org.jspecify.annotations.NullMarked;
