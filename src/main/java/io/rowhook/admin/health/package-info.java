/** How well each part does, at this moment, in words; and since when. */
@NullMarked
package io.rowhook.admin.health;

import org.jspecify.annotations.NullMarked;
