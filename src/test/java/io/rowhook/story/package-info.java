/** Stories anyone can read: SQL lines, then the requests that each recipient gets. */
@NullMarked
package io.rowhook.story;

import org.jspecify.annotations.NullMarked;
