/** Work in small steps: replay, discard, forget, retention, resync. */
@NullMarked
package io.rowhook.journal.jobs;

import org.jspecify.annotations.NullMarked;
