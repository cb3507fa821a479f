/**
 * From row changes to net changes: what a transaction did to each row that an entity is made of.
 */
@NullMarked
package io.rowhook.entity.change;

import org.jspecify.annotations.NullMarked;
