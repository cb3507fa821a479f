/** What needs no file, and XML. */
@NullMarked
package io.rowhook.template.output;

import org.jspecify.annotations.NullMarked;
