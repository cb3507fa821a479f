/** What edits would have done to events that were. */
@NullMarked
package io.rowhook.admin.whatif;

import org.jspecify.annotations.NullMarked;
