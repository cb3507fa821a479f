/**
 * Connections to the source, and the frames that come on them before the driver makes room for
 * them.
 */
@NullMarked
package io.rowhook.capture.connection;

import org.jspecify.annotations.NullMarked;
