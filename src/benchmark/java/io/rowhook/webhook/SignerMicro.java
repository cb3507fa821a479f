package io.rowhook.webhook;

import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.Authentication.Hmac;
import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.Secret;
import io.rowhook.webhook.signing.Signer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it takes to sign a body of the size of an article's event. */
@State(Scope.Benchmark)
public class SignerMicro {

  private static final int BODY = 600; // bytes

  private final Signer signer =
      new Signer(
          new Authentication(
              Optional.of(
                  new Hmac(
                      new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                      SignatureScheme.standard,
                      SignatureScheme.standard.defaultHeader(),
                      Optional.empty())),
              Optional.empty()));
  private final Instant now = Instant.ofEpochSecond(1_700_000_000);
  private final byte[] body = new byte[BODY];

  public SignerMicro() {
    Arrays.fill(body, (byte) 'x');
  }

  @Benchmark
  public Object standard() {
    return signer.headers("evt_0c6f5d2b9b1e4d0e8a54a3d94c8d6d1f", now, body);
  }
}
