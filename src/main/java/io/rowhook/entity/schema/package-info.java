/** An entity as the settings describe it and as the source's catalog has its tables. */
@NullMarked
package io.rowhook.entity.schema;

import org.jspecify.annotations.NullMarked;
