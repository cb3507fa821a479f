/** Looks at everything that can be judged without running, and reports it. */
@NullMarked
package io.rowhook.admin.check;

import org.jspecify.annotations.NullMarked;
