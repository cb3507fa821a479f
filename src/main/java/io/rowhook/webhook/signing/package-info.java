/** A request's headers, and what authenticates it. */
@NullMarked
package io.rowhook.webhook.signing;

import org.jspecify.annotations.NullMarked;
