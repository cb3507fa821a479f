package io.rowhook.crash;

/**
 * A request that reached a recipient.
 *
 * @param id {@code Webhook-Id}
 * @param bodySha256 of the bytes, hex
 * @param entity {@code Article/7}
 * @param what the event and its versions, as the body has them
 * @param sequence {@code Rowhook-Sequence}
 * @param acknowledged whether it was answered 200
 * @param fault what is wrong with this request by itself: signature, id, values; empty if nothing is
 */
record Arrival(
    String id,
    String bodySha256,
    String entity,
    Expected what,
    long sequence,
    boolean acknowledged,
    String fault) {}
