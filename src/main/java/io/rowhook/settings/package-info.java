/**
 * Reads {@code connector-config/} and {@code jslt-templates/} into the rooms' own records, and
 * again whenever they are edited. Takes: files. Hands on: {@link io.rowhook.settings.Settings}, or
 * every problem by file, line, column, rule and value. May use every room; used by the root and
 * {@code admin} only. SnakeYAML stays in here.
 */
@NullMarked
package io.rowhook.settings;

import org.jspecify.annotations.NullMarked;
