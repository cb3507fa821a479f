/** Renders without sending, and holds templates against what they should make. */
@NullMarked
package io.rowhook.admin.preview;

import org.jspecify.annotations.NullMarked;
