package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that has left the window since one before it has failed.
 *
 * @param behind as in {@link io.rowhook.journal.DeliveryState.Blocked}
 */
record Follower(Delivery delivery, @Nullable String behind) {}
