/** What the commands share: the running service, options, tables and words. */
@NullMarked
package io.rowhook.admin.cli;

import org.jspecify.annotations.NullMarked;
