/** Reads the recipients' files. */
@NullMarked
package io.rowhook.settings.recipients;

import org.jspecify.annotations.NullMarked;
