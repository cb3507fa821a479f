/** What commands ask of the running service, over HTTP on the loopback. */
@NullMarked
package io.rowhook.admin.api;

import org.jspecify.annotations.NullMarked;
