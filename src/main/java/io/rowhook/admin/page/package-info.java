/** The page that people see: the files that browsers load. All that it does it asks the API for. */
@NullMarked
package io.rowhook.admin.page;

import org.jspecify.annotations.NullMarked;
