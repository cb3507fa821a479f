package io.rowhook.capture.decode;

import io.rowhook.capture.SuspendedTable;
import io.rowhook.capture.TableMetadata;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of a captured table are read, by the last description that the log gave of it.
 *
 * @param types of the columns; null: excluded
 * @param missing a column of the key that is not in the log; null: all are
 * @param ofRoot whether rows of partitions come under the name of their root
 * @param suspended why they are rejected, of which the key alone is read then; null: they are not
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
record RelationLayout(
    TableMetadata facts,
    String[] names,
    @Nullable PostgresType[] types,
    boolean[] inIdentity,
    @Nullable String missing,
    boolean ofRoot,
    @Nullable SuspendedTable suspended) {}
