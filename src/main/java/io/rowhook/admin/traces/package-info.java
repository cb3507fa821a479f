/**
 * What becomes of each event, as traces for OpenTelemetry. OpenTelemetry stays in here, and none of
 * its classes is loaded where the environment asks for no traces.
 */
@NullMarked
package io.rowhook.admin.traces;

import org.jspecify.annotations.NullMarked;
