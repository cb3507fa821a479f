/** A recipient for trying out. */
@NullMarked
package io.rowhook.admin.receive;

import org.jspecify.annotations.NullMarked;
