/** A recipient's loop: loads deliveries, starts what is ready, records what came of it. */
@NullMarked
package io.rowhook.webhook.dispatch;

import org.jspecify.annotations.NullMarked;
