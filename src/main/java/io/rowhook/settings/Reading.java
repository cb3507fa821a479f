package io.rowhook.settings;

/**
 * One reading of all settings: what is shared by its files.
 *
 * @param problems where they are collected
 * @param references how {@code ${...}} is resolved
 */
record Reading(Problems problems, Interpolation references) {}
