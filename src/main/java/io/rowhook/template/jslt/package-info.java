/** Templates in JSLT, compiled, and the functions that they have. */
@NullMarked
package io.rowhook.template.jslt;

import org.jspecify.annotations.NullMarked;
