package io.rowhook.testing;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/**
 * A collector of traces on the loopback: reads OTLP over HTTP with the protocol's own classes. Any
 * thread.
 */
public final class TraceCollector implements AutoCloseable {

  /** How it answers. */
  public enum Mood {
    WELL,
    /** 500, with a long text. */
    BROKEN,
    /** Takes the request and never answers. */
    SILENT,
    /** Answers 200, and the body never ends. */
    ENDLESS
  }

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<ExportTraceServiceRequest> requests = new ArrayList<>(); // guarded by itself
  private final List<String> headers = new ArrayList<>(); // guarded by requests
  private volatile Mood mood = Mood.WELL;

  public TraceCollector() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/v1/traces", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  public TraceCollector mood(Mood other) {
    mood = other;
    return this;
  }

  /** For {@code OTEL_EXPORTER_OTLP_ENDPOINT}. */
  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream raw = exchange.getRequestBody()) {
      boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      byte[] body = (zipped ? new GZIPInputStream(raw) : raw).readAllBytes();
      synchronized (requests) {
        requests.add(ExportTraceServiceRequest.parseFrom(body));
        headers.add(exchange.getRequestHeaders().entrySet().toString());
      }
      switch (mood) {
        case WELL -> exchange.sendResponseHeaders(200, -1);
        case BROKEN -> {
          byte[] text =
              "no room\r\nfor spans "
                  .repeat(10_000)
                  .getBytes(java.nio.charset.StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(500, text.length);
          exchange.getResponseBody().write(text);
        }
        case SILENT -> closing.await();
        case ENDLESS -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream out = exchange.getResponseBody();
          byte[] block = new byte[1 << 16];
          while (closing.getCount() > 0) {
            out.write(block);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** All spans so far, in the order in which they came. */
  public List<Span> spans() {
    synchronized (requests) {
      return requests.stream()
          .flatMap(request -> request.getResourceSpansList().stream())
          .flatMap(resource -> resource.getScopeSpansList().stream())
          .flatMap(scope -> scope.getSpansList().stream())
          .toList();
    }
  }

  /** What its requests say of who sends: the resource's attributes, and the requests' headers. */
  public String senders() {
    synchronized (requests) {
      return requests.stream()
              .flatMap(request -> request.getResourceSpansList().stream())
              .map(resource -> resource.getResource().toString())
              .distinct()
              .toList()
          + headers.toString();
    }
  }

  /** All that has come, as text: what must not be there is not in it. */
  public String text() {
    synchronized (requests) {
      return requests.toString();
    }
  }

  /** Waits for so many of a kind. */
  public List<Span> await(int count, Predicate<Span> kind) {
    return Eventually.until(
        LIMIT,
        count + " spans of this kind have come",
        () -> {
          List<Span> found = spans().stream().filter(kind).toList();
          return found.size() >= count ? found : null;
        });
  }

  public static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  /** An attribute's value as text; empty: there is none. */
  public static String attribute(Span span, String name) {
    for (KeyValue one : span.getAttributesList()) {
      if (one.getKey().equals(name)) {
        AnyValue value = one.getValue();
        return value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue();
      }
    }
    return "";
  }

  /** {@code 00-...}: what a request carries whose span this is. */
  public static String traceparent(Span span) {
    return "00-%s-%s-%02x"
        .formatted(hex(span.getTraceId()), hex(span.getSpanId()), span.getFlags() & 0xff);
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
