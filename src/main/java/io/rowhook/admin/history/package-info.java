/** How it went in the last hours, for who looks at the page and runs no Prometheus. */
@NullMarked
package io.rowhook.admin.history;

import org.jspecify.annotations.NullMarked;
