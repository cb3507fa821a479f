/** What the service counts and measures, as Prometheus reads it. Micrometer stays in here. */
@NullMarked
package io.rowhook.admin.metrics;

import org.jspecify.annotations.NullMarked;
