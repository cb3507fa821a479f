/**
 * Brings publication, slot and journal together before an engine starts, and decides whether
 * anything may be missing.
 */
@NullMarked
package io.rowhook.capture.setup;

import org.jspecify.annotations.NullMarked;
