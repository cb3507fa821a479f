/**
 * What tests and the demo stand on: a real source database, the product as a process, deadlines.
 */
@NullMarked
package io.rowhook.testing;

import org.jspecify.annotations.NullMarked;
