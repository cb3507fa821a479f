package io.rowhook.settings;

import java.nio.file.Path;
import java.util.Set;

/**
 * One reading of all settings: what is shared by its files.
 *
 * @param problems where they are collected
 * @param references how {@code ${...}} is resolved
 * @param files collects those that the settings name and that were looked into, there or not: an
 *     edit of them is an edit of the settings
 */
record Reading(Problems problems, Interpolation references, Set<Path> files) {}
