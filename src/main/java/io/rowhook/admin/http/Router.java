package io.rowhook.admin.http;

import io.rowhook.admin.api.ApiException;
import io.rowhook.admin.api.Operation;
import io.rowhook.admin.api.Problem;
import io.rowhook.admin.api.ProblemType;
import io.rowhook.admin.api.Right;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Finds what a request asks for. Immutable. */
final class Router {

  /**
   * An operation, and the values of its path's parameters.
   *
   * @param values decoded
   */
  record Route(Operation operation, Map<String, String> values) {}

  private final List<Operation> operations;

  Router(List<Operation> operations) {
    this.operations = List.copyOf(operations);
  }

  /**
   * The operation of a method and a path.
   *
   * @throws ApiException if there is no such path, or it has no such method
   */
  Route route(String method, String path) throws ApiException {
    List<Route> there = routes(path);
    if (there.isEmpty()) {
      throw new ApiException(
          ProblemType.NO_SUCH_PATH,
          "there is no path " + path + "; /openapi.json has those there are");
    }
    Optional<Route> found = there.stream().filter(one -> takes(one.operation, method)).findFirst();
    if (found.isEmpty()) {
      TreeSet<String> methods = new TreeSet<>();
      for (Route one : there) {
        methods.add(one.operation.method());
        if (takes(one.operation, "HEAD")) {
          methods.add("HEAD");
        }
      }
      String allowed = String.join(", ", methods);
      throw new ApiException(
          Problem.of(ProblemType.WRONG_METHOD, path + " takes " + allowed + ", and not " + method)
              .with("Allow", allowed));
    }
    return found.get();
  }

  /** The operation, if everybody may ask for it. */
  Optional<Route> open(String method, String path) throws ApiException {
    return routes(path).stream()
        .filter(one -> takes(one.operation, method))
        .filter(one -> one.operation.right() == Right.anybody)
        .findFirst();
  }

  private List<Route> routes(String path) throws ApiException {
    List<String> segments = segments(path);
    List<Route> found = new ArrayList<>();
    for (Operation operation : operations) {
      operation.match(segments).ifPresent(values -> found.add(new Route(operation, values)));
    }
    return found;
  }

  private static boolean takes(Operation operation, String method) {
    return operation.method().equals(method)
        || (method.equals("HEAD") && operation.method().equals("GET") && !operation.isFeed());
  }

  private static List<String> segments(String path) throws ApiException {
    List<String> segments = new ArrayList<>();
    for (String segment : path.substring(path.startsWith("/") ? 1 : 0).split("/", -1)) {
      segments.add(decoded(segment.replace("+", "%2B")));
    }
    return segments;
  }

  /**
   * What stands behind the question mark, decoded.
   *
   * @throws ApiException if it cannot be
   */
  static List<Map.Entry<String, String>> query(String raw) throws ApiException {
    List<Map.Entry<String, String>> query = new ArrayList<>();
    for (String part : raw.split("&", -1)) {
      if (!part.isEmpty()) {
        int equals = part.indexOf('=');
        query.add(
            Map.entry(
                decoded(equals < 0 ? part : part.substring(0, equals)),
                equals < 0 ? "" : decoded(part.substring(equals + 1))));
      }
    }
    return query;
  }

  private static String decoded(String text) throws ApiException {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ApiException(ProblemType.MALFORMED, "the address is not percent-encoded rightly");
    }
  }
}
