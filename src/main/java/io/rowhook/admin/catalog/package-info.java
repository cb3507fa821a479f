/** What recipients get, for who writes them: {@code rowhook catalog}. */
@NullMarked
package io.rowhook.admin.catalog;

import org.jspecify.annotations.NullMarked;
