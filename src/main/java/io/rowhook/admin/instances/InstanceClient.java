package io.rowhook.admin.instances;

import io.rowhook.journal.Instance;
import io.rowhook.recipient.TlsConfig;
import io.rowhook.webhook.TlsContexts;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Asks the APIs of other instances that share the journal. Over TLS it trusts whom the JDK does,
 * and the certificates that this instance's own API shows, which the others may share. Any thread.
 */
public final class InstanceClient implements AutoCloseable {

  /** How long a connection may take. */
  private static final Duration CONNECT = Duration.ofSeconds(2);

  private static final @Nullable KeyStore THE_JDKS = null;

  private record Made(List<X509Certificate> own, HttpClient client) {}

  private final Supplier<List<X509Certificate>> own;
  private @Nullable Made made; // guarded by this

  /**
   * @param own the certificates that this instance's API shows now; empty: it does not encrypt
   */
  public InstanceClient(Supplier<List<X509Certificate>> own) {
    this.own = own;
  }

  /**
   * What is asked.
   *
   * @param address path and query, as they are sent
   * @param limit for the whole answer; of {@link #follow} for its beginning
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Question(
      String method, String address, Map<String, String> headers, byte[] body, Duration limit) {

    /** One that changes nothing. */
    public static Question get(String address, Map<String, String> headers, Duration limit) {
      return new Question("GET", address, headers, new byte[0], limit);
    }
  }

  /**
   * Asks, and reads the whole answer, whatever its status.
   *
   * @throws UnansweredException if there is none
   */
  public HttpResponse<byte[]> ask(Instance instance, Question question)
      throws UnansweredException, InterruptedException {
    return send(instance, question, BodyHandlers.ofByteArray());
  }

  /** The same of an answer that goes on; whoever reads it closes it. */
  public HttpResponse<InputStream> follow(Instance instance, Question question)
      throws UnansweredException, InterruptedException {
    return send(instance, question, BodyHandlers.ofInputStream());
  }

  private <T> HttpResponse<T> send(Instance instance, Question question, BodyHandler<T> handler)
      throws UnansweredException, InterruptedException {
    URI api =
        instance
            .api()
            .orElseThrow(() ->
                new UnansweredException(
                    "it does not say where its API is, so whether it still runs is not known here:"
                        + " set journal.kafka.advertised.api in its rowhook.yaml"));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(api + question.address()))
            .method(question.method(), BodyPublishers.ofByteArray(question.body()));
    question.headers().forEach(request::header);
    CompletableFuture<HttpResponse<T>> answer = client().sendAsync(request.build(), handler);
    try {
      return answer.get(question.limit().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new UnansweredException(late(question.limit()), e);
    } catch (ExecutionException e) {
      throw new UnansweredException(words(e.getCause()), e);
    } finally {
      answer.cancel(true); // of no effect on one that is there
    }
  }

  private static String late(Duration limit) {
    return "no answer within " + limit.toSeconds() + " s";
  }

  private static String words(@Nullable Throwable e) {
    return switch (e) {
      case HttpConnectTimeoutException _ -> "no connection within " + CONNECT.toSeconds() + " s";
      case ConnectException refused when isUnresolved(refused) -> "its name is not known here";
      case ConnectException _ -> "nothing listens there";
      case IOException io -> "the connection broke: " + io.getMessage();
      case null -> "for a reason that is not known";
      default -> e.toString();
    };
  }

  private static boolean isUnresolved(Throwable e) {
    Throwable cause = e.getCause();
    return e instanceof UnresolvedAddressException || (cause != null && isUnresolved(cause));
  }

  private synchronized HttpClient client() {
    List<X509Certificate> now = own.get();
    Made known = made;
    if (known != null && known.own().equals(now)) {
      return known.client();
    }
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(CONNECT);
    if (!now.isEmpty()) {
      List<X509Certificate> trusted = new ArrayList<>(theJdks());
      trusted.addAll(now);
      builder.sslContext(TlsContexts.of(new TlsConfig(trusted, java.util.Optional.empty())));
    }
    HttpClient client = builder.build();
    made = new Made(now, client);
    return client;
  }

  private static List<X509Certificate> theJdks() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(THE_JDKS);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager trust) {
          return List.of(trust.getAcceptedIssuers());
        }
      }
      return List.of();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  /** Breaks off what is being asked. */
  @Override
  public synchronized void close() {
    Made known = made;
    if (known != null) {
      known.client().shutdownNow();
      made = null;
    }
  }
}
