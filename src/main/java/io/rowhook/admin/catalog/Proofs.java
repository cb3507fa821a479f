package io.rowhook.admin.catalog;

import io.rowhook.recipient.Authentication;
import java.util.ArrayList;
import java.util.List;

/** How a recipient can tell who has sent a request, in words; no secret is in them. */
final class Proofs {

  private Proofs() {}

  static String of(Authentication authentication) {
    List<String> proofs = new ArrayList<>();
    authentication
        .hmac()
        .ifPresent(hmac ->
            proofs.add(
                "signed by HMAC (%s, style %s) in %s"
                    .formatted(hmac.algorithm(), hmac.style(), hmac.header())));
    authentication
        .ed25519()
        .ifPresent(_ -> proofs.add("signed by Ed25519 (v1a) in Webhook-Signature"));
    authentication.basic().ifPresent(_ -> proofs.add("user name and password in Authorization"));
    authentication.bearer().ifPresent(_ -> proofs.add("a bearer token in Authorization"));
    authentication.oauth2().ifPresent(_ -> proofs.add("an OAuth 2.0 token in Authorization"));
    return proofs.isEmpty()
        ? "Nothing proves who has sent it: no authentication is set."
        : "Who has sent it: " + String.join("; ", proofs) + ".";
  }
}
