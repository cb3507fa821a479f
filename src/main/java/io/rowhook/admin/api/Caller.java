package io.rowhook.admin.api;

import io.rowhook.recipient.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who asks.
 *
 * @param name how it was told who it is: {@code operate token}, {@code local commands}
 * @param address where from; a host's address, or {@code unix}
 * @param right what it may
 * @param token by which other instances are asked for it; empty: without one
 * @param forwarded for whom another instance asks that has forwarded this; empty: none has
 */
public record Caller(
    String name, String address, Right right, Optional<Secret> token, Optional<String> forwarded) {

  /** Says for whom another instance asks; such a request is never forwarded again. */
  public static final String FORWARDED = "Rowhook-Forwarded";

  private static final int MOST = 100;

  /** One that asks for itself, and by whose word no other instance is asked. */
  public Caller(String name, String address, Right right) {
    this(name, address, right, Optional.empty(), Optional.empty());
  }

  /** The same, who asks other instances by a token. */
  public Caller with(Secret given) {
    return new Caller(name, address, right, Optional.of(given), forwarded);
  }

  /** The same, who asks for somebody else; what came is no more than what that one says. */
  public Caller forwarding(String who) {
    String clean = who.replaceAll("[^ -~]", "?");
    return new Caller(
        name,
        address,
        right,
        token,
        Optional.of(clean.length() > MOST ? clean.substring(0, MOST) : clean));
  }

  /** As the audit log has it: {@code operate token 10.0.0.7}. */
  String actor() {
    return name + " " + address + forwarded.map(who -> ", for " + who).orElse("");
  }

  /** The headers by which another instance is asked for this one. */
  public Map<String, String> onBehalf() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(FORWARDED, actor());
    token.ifPresent(secret -> headers.put("Authorization", "Bearer " + secret.reveal()));
    return headers;
  }
}
