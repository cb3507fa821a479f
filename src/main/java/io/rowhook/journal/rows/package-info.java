/**
 * What the journal's tables are in a log that several processes share: which of their rows stand
 * where in it, and how a row becomes a record and a record a row.
 */
@NullMarked
package io.rowhook.journal.rows;

import org.jspecify.annotations.NullMarked;
