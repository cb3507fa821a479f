/** What one recipient has settled, on disk. */
@NullMarked
package io.rowhook.journal.deliveries;

import org.jspecify.annotations.NullMarked;
