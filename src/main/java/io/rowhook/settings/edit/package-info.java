/** Writes settings files whole or not at all, and only where a person may have written them. */
@NullMarked
package io.rowhook.settings.edit;

import org.jspecify.annotations.NullMarked;
