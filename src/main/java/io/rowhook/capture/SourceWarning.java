package io.rowhook.capture;

import io.rowhook.base.Finding.Area;

/**
 * What an administrator should know of a source that can be captured.
 *
 * @param advice whether it is as often meant so
 * @param text a whole sentence, with its place and what mends it
 */
public record SourceWarning(Area area, boolean advice, String text) {}
