/**
 * Who gets which event: recipients, their subscriptions, how they are signed for and how fast they
 * may be sent to. Takes: settings and events. Hands on: which subscription, if any, wants an event.
 * No outside library.
 */
@NullMarked
package io.rowhook.recipient;

import org.jspecify.annotations.NullMarked;
