/**
 * Black-box cases over schemas of all kinds: settings and SQL in, webhooks and words out. Written
 * from what a user may expect, without a look at how it is done.
 */
@NullMarked
package io.rowhook.schema;

import org.jspecify.annotations.NullMarked;
