package io.rowhook.recipient;

import io.rowhook.entity.EventType;
import java.util.Map;
import java.util.Optional;

/**
 * Method and path of requests, as a recipient's file or one of its subscriptions has them. What a
 * subscription leaves open, its recipient says; what both leave open is {@link Method#POST}, to the
 * recipient's URL as it is.
 *
 * @param methods by event; those that it says nothing of are not in it
 * @param path what is appended to the path of the recipient's URL
 */
public record RequestLine(Map<EventType, Method> methods, Optional<PathTemplate> path) {

  /** Says nothing. */
  public static final RequestLine OPEN = new RequestLine(Map.of(), Optional.empty());

  public RequestLine {
    methods = Map.copyOf(methods);
  }
}
