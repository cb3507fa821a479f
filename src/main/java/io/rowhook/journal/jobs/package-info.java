/** Work in small steps: replay, discard, forget, erase, retention. */
@NullMarked
package io.rowhook.journal.jobs;

import org.jspecify.annotations.NullMarked;
