/**
 * Signs, sends, judges the answer, retries. Takes: events from the journal. Hands on: outcomes to
 * the journal. HttpClient stays in here.
 */
@NullMarked
package io.rowhook.webhook;

import org.jspecify.annotations.NullMarked;
