/** Makes the call: addresses, connections, TLS, deadlines, faults. */
@NullMarked
package io.rowhook.webhook.http;

import org.jspecify.annotations.NullMarked;
