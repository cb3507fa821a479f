/** Reads entities.yaml. */
@NullMarked
package io.rowhook.settings.entities;

import org.jspecify.annotations.NullMarked;
