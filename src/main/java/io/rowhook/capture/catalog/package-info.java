/** What the source's catalog says of its tables, the publication and the slot. */
@NullMarked
package io.rowhook.capture.catalog;

import org.jspecify.annotations.NullMarked;
