package io.rowhook.admin.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.rowhook.admin.page.PageFiles;
import io.rowhook.admin.page.PageFiles.PageFile;
import java.util.Optional;

/**
 * Hands out the page's files: to everybody who may reach the listener, also by a link on another
 * site, since they hold nothing of the installation. Any thread.
 */
final class PageHandler {

  private static final HeaderName REFERRER = HeaderNames.create("Referrer-Policy");
  private static final HeaderName POLICY = HeaderNames.create("Content-Security-Policy");
  private static final HeaderName SNIFFING = HeaderNames.create("X-Content-Type-Options");

  private final PageFiles files = new PageFiles();

  /** The file that a request is for; empty: it is for none, or would change it. */
  Optional<PageFile> find(ServerRequest request, String path) {
    String method = request.prologue().method().text();
    return method.equals("GET") || method.equals("HEAD") ? files.find(path) : Optional.empty();
  }

  void send(ServerRequest request, ServerResponse response, PageFile file) {
    response.header(HeaderNames.CACHE_CONTROL, "no-cache");
    response.header(HeaderNames.ETAG, file.etag());
    response.header(SNIFFING, "nosniff");
    response.header(REFERRER, "no-referrer");
    response.header(POLICY, files.contentSecurityPolicy());
    if (request
        .headers()
        .first(HeaderNames.IF_NONE_MATCH)
        .filter(file.etag()::equals)
        .isPresent()) {
      response.status(304).send();
      return;
    }
    response.header(HeaderNames.CONTENT_TYPE, file.type());
    ApiHandler.send(request, response, file.content());
  }
}
