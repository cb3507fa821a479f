/**
 * The journal's rows as records of a log that several instances share: which of them stand where,
 * and how a row becomes a record and a record a row.
 */
@NullMarked
package io.rowhook.journal.rows;

import org.jspecify.annotations.NullMarked;
