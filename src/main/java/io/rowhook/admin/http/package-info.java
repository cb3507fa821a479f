/** The API's HTTP server: listeners, who may ask, problems, and streams of what happens. */
@NullMarked
package io.rowhook.admin.http;

import org.jspecify.annotations.NullMarked;
