/**
 * The demo, {@code mvn -Pdemo}: a small ERP on a real PostgreSQL, three receivers, and the product
 * between them as it is installed; nothing is faked but the ERP's users. Start reading in {@code
 * Story}.
 */
@NullMarked
package io.rowhook.demo;

import org.jspecify.annotations.NullMarked;
