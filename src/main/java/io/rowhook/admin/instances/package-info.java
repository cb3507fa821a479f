/** The other instances that share the journal, as this one asks them. */
@NullMarked
package io.rowhook.admin.instances;

import org.jspecify.annotations.NullMarked;
