/** What an event will say, and its JSON. */
@NullMarked
package io.rowhook.entity.content;

import org.jspecify.annotations.NullMarked;
