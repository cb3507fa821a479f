/** What is put in force of edited files. */
@NullMarked
package io.rowhook.settings.reload;

import org.jspecify.annotations.NullMarked;
