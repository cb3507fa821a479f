/**
 * Entities as they are now, read between two marks in the log. {@link
 * io.rowhook.entity.resync.ChunkWindow} is all that capture's thread and the resync's share; what
 * is proved of it stands in {@code docs/architecture.md}, under "How a recipient is brought up to
 * date".
 */
@NullMarked
package io.rowhook.entity.resync;

import org.jspecify.annotations.NullMarked;
