package io.rowhook.testing;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A real HTTP receiver on loopback that keeps what it got, in order of arrival. */
public final class Receiver implements AutoCloseable {

  /** One request as it came. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Request(String method, String target, Headers headers, byte[] body, int number) {

    /** A header's only value; empty text without it. */
    public String header(String name) {
      String value = headers.getFirst(name);
      return value == null ? "" : value;
    }

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** Decides on the answer; may take its time. */
  public interface Behaviour {
    Answer answer(Request request) throws Exception;
  }

  /** Status, then names and values of headers. */
  public record Answer(int status, List<String> headers, String body) {
    public static Answer of(int status, String... headers) {
      return new Answer(status, List.of(headers), "");
    }
  }

  private final HttpServer server;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger number = new AtomicInteger();
  private final AtomicInteger now = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private volatile Behaviour behaviour;
  private volatile boolean keeping = true;

  public Receiver() {
    this(_ -> Answer.of(200));
  }

  public Receiver(Behaviour behaviour) {
    this(behaviour, null);
  }

  /** Speaks TLS, unless there is no context for it. */
  public Receiver(Behaviour behaviour, @Nullable SSLContext tls) {
    this.behaviour = behaviour;
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try {
      if (tls == null) {
        server = HttpServer.create(loopback, 0);
      } else {
        HttpsServer secure = HttpsServer.create(loopback, 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
        server = secure;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  public void behave(Behaviour next) {
    behaviour = next;
  }

  /** Counts only, for throughput. */
  public Receiver keepingNothing() {
    keeping = false;
    return this;
  }

  public URI url(String target) {
    String host = server instanceof HttpsServer ? "https://localhost:" : "http://127.0.0.1:";
    return URI.create(host + server.getAddress().getPort() + target);
  }

  public List<Request> requests() {
    return requests;
  }

  public List<String> ids() {
    return requests.stream().map(request -> request.header("Webhook-Id")).toList();
  }

  public int count() {
    return number.get();
  }

  /** The most requests that were under way at once. */
  public int mostAtOnce() {
    return most.get();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      int concurrent = now.incrementAndGet();
      most.accumulateAndGet(concurrent, Math::max);
      try {
        Request request =
            new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders(),
                exchange.getRequestBody().readAllBytes(),
                number.incrementAndGet());
        if (keeping) {
          requests.add(request);
        }
        Answer answer = behaviour.answer(request);
        for (int i = 0; i < answer.headers().size(); i += 2) {
          exchange.getResponseHeaders().add(answer.headers().get(i), answer.headers().get(i + 1));
        }
        now.decrementAndGet(); // before the sender can know
        concurrent = 0;
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
          exchange.getResponseBody().write(body);
        }
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      } finally {
        if (concurrent > 0) {
          now.decrementAndGet();
        }
      }
    }
  }
}
