/** Holds what recipients have against what the source has. */
@NullMarked
package io.rowhook.admin.audit;

import org.jspecify.annotations.NullMarked;
