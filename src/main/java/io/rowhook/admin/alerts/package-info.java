/** Tells whom it concerns what happens to Rowhook itself: as events of the entity Rowhook. */
@NullMarked
package io.rowhook.admin.alerts;

import org.jspecify.annotations.NullMarked;
