/**
 * What every room may use: exact JSON, the name that was probably meant, the files of a directory.
 * Takes: nothing of ours. Hands on: values.
 */
@NullMarked
package io.rowhook.base;

import org.jspecify.annotations.NullMarked;
