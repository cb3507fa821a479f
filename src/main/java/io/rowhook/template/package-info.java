/**
 * Turns an event into the body that a recipient gets: its attribute set. Takes: events and JSLT
 * files. Hands on: bytes. JSLT stays in here.
 */
@NullMarked
package io.rowhook.template;

import org.jspecify.annotations.NullMarked;
