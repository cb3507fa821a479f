package io.rowhook.admin.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.RequestException;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.api.ApiAnswer;
import io.rowhook.admin.api.ApiException;
import io.rowhook.admin.api.ApiRequest;
import io.rowhook.admin.api.AuditTrail;
import io.rowhook.admin.api.Caller;
import io.rowhook.admin.api.Operation;
import io.rowhook.admin.api.Problem;
import io.rowhook.admin.api.ProblemType;
import io.rowhook.admin.api.RequestReader;
import io.rowhook.admin.api.Right;
import io.rowhook.admin.page.PageFiles.PageFile;
import io.rowhook.base.Json;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.JournalException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a listener's requests: who asks, what for, is it whole and right, and then the operation.
 * Whatever is wrong is answered as a problem. Any thread.
 */
final class ApiHandler implements Handler {

  private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);
  private static final Header CLOSE = HeaderValues.CONNECTION_CLOSE;

  private final Access access;
  private final PageHandler page;
  private final Router router;
  private final RunningService service;
  private final Semaphore room;
  private final RequestDeadlines deadlines;
  private final RefusalLog refusals;
  private final Forwarding forwarding;

  /**
   * @param room for how many at once, at all listeners together
   */
  ApiHandler(
      Access access,
      PageHandler page,
      Router router,
      RunningService service,
      Semaphore room,
      RequestDeadlines deadlines,
      RefusalLog refusals) {
    this.access = access;
    this.page = page;
    this.router = router;
    this.service = service;
    this.room = room;
    this.deadlines = deadlines;
    this.refusals = refusals;
    this.forwarding = new Forwarding(service.journal(), service.instances());
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    String path = request.prologue().uriPath().rawPath();
    try {
      Optional<PageFile> file = page.find(request, path);
      if (file.isPresent()) {
        access.checkHost(asked(request));
        page.send(request, response, file.get());
      } else {
        respond(request, response, path);
      }
    } catch (ApiException e) {
      refuse(request, response, e.problem(), path);
    } catch (UncheckedIOException | ServerConnectionException e) {
      throw e; // the caller is gone
    } catch (RuntimeException e) {
      refusals.note(e);
      throw e; // the server answers that it is a fault
    } finally {
      deadlines.end();
    }
    if (request.headers().contains(CLOSE) || response.headers().contains(CLOSE)) {
      throw new CloseConnectionException("as was asked for"); // the server would wait for more
    }
  }

  private void respond(ServerRequest request, ServerResponse response, String path)
      throws ApiException {
    ApiAnswer answer = answer(request, path);
    head(response, answer);
    if (answer.feed().isPresent()) {
      EventStream.write(response, answer.feed().get(), deadlines);
    } else {
      send(request, response, answer.body());
    }
  }

  private ApiAnswer answer(ServerRequest request, String path) throws ApiException {
    Access.Asked asked = asked(request);
    access.checkHost(asked);
    Access.checkOrigin(asked);
    Optional<Router.Route> open = router.open(request.prologue().method().text(), path);
    if (open.isPresent()) { // probes: also while the rest is busy, and with whatever token
      return run(open.get(), request, new Caller("nobody", asked.address(), Right.anybody));
    }
    Caller caller = caller(request, access.caller(asked));
    if (caller.right() == Right.anybody) {
      throw Access.unauthorized("a token is needed: Authorization: Bearer TOKEN", false);
    }
    Router.Route route = router.route(request.prologue().method().text(), path);
    if (!caller.right().covers(route.operation().right())) {
      throw new ApiException(
          ProblemType.FORBIDDEN,
          "this needs the token that lets one operate; the " + caller.name() + " is to look only");
    }
    if (!room.tryAcquire()) {
      throw new ApiException(
          Problem.of(ProblemType.BUSY, "the service is busy with other requests: try again")
              .with("Retry-After", "1"));
    }
    try {
      return run(route, request, caller);
    } finally {
      room.release();
    }
  }

  private static Caller caller(ServerRequest request, Caller caller) {
    return request.headers().first(FORWARDED).map(caller::forwarding).orElse(caller);
  }

  private ApiAnswer run(Router.Route route, ServerRequest request, Caller caller)
      throws ApiException {
    Operation operation = route.operation();
    byte[] body =
        body(
            request,
            operation.body().map(Operation.Body::maxBytes).orElse(Operation.Body.USUAL_BYTES));
    deadlines.end();
    RequestReader.Raw raw =
        new RequestReader.Raw(
            route.values(),
            Router.query(request.prologue().query().rawValue()),
            name -> request.headers().first(HeaderNames.create(name)).orElse(null),
            body);
    try {
      Optional<ApiAnswer> elsewhere = forwarding.answer(operation, raw, address(request), caller);
      if (elsewhere.isPresent()) {
        return elsewhere.get();
      }
      ApiRequest asked = RequestReader.read(operation, raw, caller);
      ApiAnswer answer = operation.handler().handle(service, asked);
      AuditTrail.note(service.journal().audit(), operation, asked, answer);
      return answer;
    } catch (DeliveryAdminException e) {
      throw new ApiException(ProblemType.CONFLICT, String.valueOf(e.getMessage()));
    } catch (JournalException e) {
      LOG.warn("{}: {}", operation.id(), e.getMessage());
      throw new ApiException(ProblemType.UNAVAILABLE, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException(ProblemType.BUSY, "the service is stopping");
    } catch (RuntimeException e) {
      LOG.error("{} failed", operation.id(), e);
      throw new ApiException(
          ProblemType.FAULT, "a fault of Rowhook itself; the service's log has it");
    }
  }

  private static Access.Asked asked(ServerRequest request) {
    ServerRequestHeaders headers = request.headers();
    return new Access.Asked(
        request.authority(),
        headers.first(HeaderNames.ORIGIN).orElse(null),
        headers.first(SITE).orElse(null),
        headers.first(HeaderNames.AUTHORIZATION).orElse(null),
        request.remotePeer().address() instanceof InetSocketAddress from
            ? from.getAddress().getHostAddress()
            : "unix");
  }

  private static final HeaderName SITE = HeaderNames.create("Sec-Fetch-Site");
  private static final HeaderName FORWARDED = HeaderNames.create(Caller.FORWARDED);

  /** Path and query as they came. */
  private static String address(ServerRequest request) {
    String query = request.prologue().query().rawValue();
    return request.prologue().uriPath().rawPath() + (query.isEmpty() ? "" : "?" + query);
  }

  private static byte[] body(ServerRequest request, int most) throws ApiException {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    try (InputStream in = request.content().inputStream()) {
      byte[] body = in.readNBytes(most + 1);
      if (body.length > most) {
        in.transferTo(java.io.OutputStream.nullOutputStream()); // or the answer would be lost
        throw new ApiException(tooLarge(most));
      }
      return body;
    } catch (RequestException e) { // Helidon's own limit, and chunks that are none
      throw broken(
          e.status().code() == ProblemType.TOO_LARGE.status()
              ? tooLarge(most)
              : Problem.of(ProblemType.MALFORMED, "the body does not come as HTTP has it"));
    } catch (UncheckedIOException e) {
      throw e; // the caller is gone, or has had its time
    } catch (IOException | RuntimeException e) { // whatever Helidon meets in chunks that are none
      throw broken(
          Problem.of(ProblemType.MALFORMED, "the body broke off, or is not as HTTP has it"));
    }
  }

  private static Problem tooLarge(int most) {
    return Problem.of(
        ProblemType.TOO_LARGE,
        "the body of this request may have %d kB, and has more".formatted(most / 1024));
  }

  /** What comes on the connection after this is no request. */
  private static ApiException broken(Problem problem) {
    return new ApiException(problem.with(CLOSE.name(), CLOSE.get()));
  }

  private void refuse(
      ServerRequest request, ServerResponse response, Problem problem, String path) {
    boolean goesOn = !problem.headers().containsKey(CLOSE.name()) && drained(request);
    response.status(problem.type().status());
    common(response);
    response.header(HeaderNames.CONTENT_TYPE, Problem.CONTENT_TYPE);
    problem.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
    if (!goesOn) {
      response.header(CLOSE);
    }
    send(request, response, Json.text(problem.json(path)).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads what is left of a body, whoever sends it, since closing on it would lose the answer: up
   * to the server's own limit, and as long as {@link RequestDeadlines} allows.
   */
  private static boolean drained(ServerRequest request) {
    if (!request.content().hasEntity() || request.content().consumed()) {
      return true;
    }
    if (request.headers().contentLength().orElse(0) > ApiServer.HARD_LIMIT) {
      return false;
    }
    try (InputStream in = request.content().inputStream()) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
      return true;
    } catch (UncheckedIOException e) {
      throw e; // the caller is gone, or has had its time
    } catch (IOException | RuntimeException e) { // whatever Helidon meets in chunks that are none
      return false;
    }
  }

  private static void head(ServerResponse response, ApiAnswer answer) {
    response.status(answer.status());
    common(response);
    if (answer.status() != 204) {
      response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
    }
    answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
  }

  private static void common(ServerResponse response) {
    response.header(HeaderNames.CACHE_CONTROL, "no-store");
    response.header(HeaderNames.create("X-Content-Type-Options"), "nosniff");
  }

  /** Of HEAD only how long it is. */
  static void send(ServerRequest request, ServerResponse response, byte[] body) {
    if (request.prologue().method().text().equals("HEAD")) {
      response.contentLength(body.length);
      response.send();
    } else {
      response.send(body);
    }
  }
}
