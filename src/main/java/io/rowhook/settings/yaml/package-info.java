/** YAML read to values that know where they stand, and everything that is wrong with them. */
@NullMarked
package io.rowhook.settings.yaml;

import org.jspecify.annotations.NullMarked;
