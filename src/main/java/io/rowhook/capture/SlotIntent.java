package io.rowhook.capture;

/**
 * That a slot is about to be made, noted before it is: whoever finds it later, and no epoch that
 * began with it, knows that nobody has read from it.
 *
 * @param systemIdentifier of the cluster that it is made in
 * @param slot its name
 */
public record SlotIntent(String systemIdentifier, String slot) {}
