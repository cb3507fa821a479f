/**
 * The receiver's kit under {@code src/examples/receivers}: each of its receivers as a process that
 * is killed, sent to by a sender that repeats, reorders and batches as Rowhook may. Start reading
 * in KitTest.
 */
@NullMarked
package io.rowhook.receivers;

import org.jspecify.annotations.NullMarked;
