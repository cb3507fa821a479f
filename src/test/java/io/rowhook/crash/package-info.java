/**
 * The crash story: writers commit changes while the product is killed, cut off and restarted; at
 * the end every recipient must have had exactly what the writers did. Start reading in CrashStory.
 */
@NullMarked
package io.rowhook.crash;

import org.jspecify.annotations.NullMarked;
