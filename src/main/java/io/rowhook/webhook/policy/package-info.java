/** Pure decisions: what an answer means, what follows from it, when a recipient is left alone. */
@NullMarked
package io.rowhook.webhook.policy;

import org.jspecify.annotations.NullMarked;
