/** The window onto all of it: commands, status, health. May use every room; used by none. */
@NullMarked
package io.rowhook.admin;

import org.jspecify.annotations.NullMarked;
