/**
 * What can be asked of the running service: operations, of which routing, checks and the OpenAPI
 * document are made.
 */
@NullMarked
package io.rowhook.admin.api;

import org.jspecify.annotations.NullMarked;
