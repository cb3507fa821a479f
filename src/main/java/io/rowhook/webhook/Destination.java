package io.rowhook.webhook;

import io.rowhook.recipient.Method;
import java.net.URI;

/**
 * Where a recipient's requests go, as it may be shown.
 *
 * @param method of the request
 * @param url as the recipient's file has it, with its secrets masked and without what is appended
 *     of an event's values
 */
public record Destination(Method method, URI url) {}
