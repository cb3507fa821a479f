/** Proposes settings for an ERP that nobody has described yet: rules over its catalog. */
@NullMarked
package io.rowhook.admin.init;

import org.jspecify.annotations.NullMarked;
