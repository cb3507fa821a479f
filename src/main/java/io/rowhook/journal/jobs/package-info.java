/** Work in small steps: replay, discard, forget, retention. */
@NullMarked
package io.rowhook.journal.jobs;

import org.jspecify.annotations.NullMarked;
