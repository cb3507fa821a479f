package io.rowhook.entity.resync;

/** How far a chunk is. */
public enum ChunkState {
  NONE,
  /** The low mark was not seen yet. */
  AWAITED,
  /** It was; the chunk may be read. */
  OPEN,
  /** It was read; the high mark was not seen yet. */
  READ,
  /** Its events are with the journal. */
  PUBLISHED,
  /** They are durable, with the progress. */
  DURABLE,
  /** A new engine has begun meanwhile. */
  GIVEN_UP
}
