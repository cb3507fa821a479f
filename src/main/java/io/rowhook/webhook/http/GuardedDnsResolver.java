package io.rowhook.webhook.http;

import io.rowhook.webhook.AddressPolicy;
import io.rowhook.webhook.WebhookClient;
import java.io.InterruptedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.client5.http.DnsResolver;
import org.jspecify.annotations.Nullable;

/**
 * Finds the addresses of one recipient's host for {@link WebhookClient}, and lets through only
 * those that {@link AddressPolicy} permits: what it returns is what is connected to, also for an
 * address written as such in the URL.
 *
 * <p>The operating system's look-up can neither be interrupted nor given a deadline. So it runs on
 * a thread of its own, at most one for each recipient whoever else waits for it, and those who wait
 * can be interrupted: a name server that hangs costs a thread, not a deadline and not another
 * recipient.
 */
public final class GuardedDnsResolver implements DnsResolver {

  /** Asks a name server, or the hosts file. */
  @FunctionalInterface
  public interface LookUp {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  private final AddressPolicy networks;
  private final LookUp lookUp;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable CompletableFuture<InetAddress[]> underWay; // guarded by lock
  private @Nullable String underWayFor; // guarded by lock

  public GuardedDnsResolver(AddressPolicy networks, LookUp lookUp) {
    this.networks = networks;
    this.lookUp = lookUp;
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] found = find(host);
    List<InetAddress> permitted = networks.permitted(found);
    if (permitted.isEmpty() && found.length > 0) {
      throw new BlockedAddressException(
          host
              + " is at "
              + found[0].getHostAddress()
              + ", an address that is "
              + networks.refusal(found[0]).orElse("not public")
              + "; if that is meant, write allow: {networks: ["
              + network(found[0])
              + "]} in the recipient's file");
    }
    return permitted.toArray(InetAddress[]::new);
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }

  private InetAddress[] find(String host) throws UnknownHostException {
    try {
      return new InetAddress[] {InetAddress.ofLiteral(host)};
    } catch (IllegalArgumentException e) {
      return lookUp(host);
    }
  }

  private InetAddress[] lookUp(String host) throws UnknownHostException {
    try {
      return join(host).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      UnknownHostException stopped =
          new UnknownHostException("looking up " + host + " was stopped");
      stopped.initCause(new InterruptedIOException());
      throw stopped;
    } catch (ExecutionException e) {
      UnknownHostException unknown = new UnknownHostException(host);
      unknown.initCause(e.getCause());
      throw unknown;
    }
  }

  private CompletableFuture<InetAddress[]> join(String host) {
    lock.lock();
    try {
      if (underWay == null || underWay.isDone() || !host.equals(underWayFor)) {
        CompletableFuture<InetAddress[]> mine = new CompletableFuture<>();
        underWay = mine;
        underWayFor = host;
        // A platform thread: the look-up is native code that would hold on to a carrier thread.
        Thread.ofPlatform()
            .daemon()
            .name("resolve " + host)
            .start(() -> {
              try {
                mine.complete(lookUp.addresses(host));
              } catch (UnknownHostException | RuntimeException e) {
                mine.completeExceptionally(e);
              }
            });
      }
      return underWay;
    } finally {
      lock.unlock();
    }
  }

  /** The network that has this address alone, as a setting has it. */
  private static String network(InetAddress address) {
    String plain = address.getHostAddress().replaceFirst("%.*", ""); // without the interface
    return plain + (address instanceof Inet4Address ? "/32" : "/128");
  }
}
