/** The journal's tables and columns: all SQL of one table in one place. */
@NullMarked
package io.rowhook.journal.tables;

import org.jspecify.annotations.NullMarked;
