package io.rowhook.settings.recipients;

import io.rowhook.settings.yaml.InvalidValueException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The certificates and keys in the text of a PEM file (RFC 7468): X.509 certificates; keys as
 * PKCS#8, and as OpenSSL once wrote them, PKCS#1 and SEC 1. What it refuses it does not quote.
 * Pure.
 */
final class Pem {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  private static final String PKCS8 = "PRIVATE KEY";
  private static final List<String> OLD_KEYS = List.of("RSA PRIVATE KEY", "EC PRIVATE KEY");
  private static final String ENCRYPTED_PKCS8 = "ENCRYPTED PRIVATE KEY";

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

  private Pem() {}

  /** All certificates, in their order; at least one. */
  static List<X509Certificate> certificates(String text) throws InvalidValueException {
    List<X509Certificate> certificates = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      if (blocks.group(1).equals("CERTIFICATE")) {
        certificates.add(certificate(decoded(blocks.group(2), "a certificate")));
      }
    }
    if (certificates.isEmpty()) {
      throw InvalidValueException.because(
          "must be a PEM file with a certificate in it",
          "It has a line -----BEGIN CERTIFICATE-----; convert another form with openssl x509"
              + " -inform DER.");
    }
    return certificates;
  }

  /**
   * The private key that belongs to a certificate.
   *
   * @param of the certificate's
   */
  static PrivateKey key(String text, PublicKey of) throws InvalidValueException {
    Matcher blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      String label = blocks.group(1);
      if (label.equals(ENCRYPTED_PKCS8) || blocks.group(2).contains("ENCRYPTED")) {
        throw InvalidValueException.because(
            "must not be encrypted, since nobody is there to type its pass phrase",
            "Take it off with openssl pkey -in key.pem -out plain.pem, and let only the user that"
                + " runs Rowhook read that.");
      }
      if (label.equals(PKCS8) || OLD_KEYS.contains(label)) {
        byte[] der = decoded(blocks.group(2), "a private key");
        return belonging(label.equals(PKCS8) ? der : wrapped(der, of), of);
      }
    }
    throw InvalidValueException.because(
        "must be a PEM file with a private key in it",
        "It has a line -----BEGIN PRIVATE KEY-----.");
  }

  private static X509Certificate certificate(byte[] der) throws InvalidValueException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw damaged("a certificate");
    }
  }

  private static byte[] decoded(String base64, String what) throws InvalidValueException {
    try {
      return Base64.getMimeDecoder().decode(base64.strip());
    } catch (IllegalArgumentException e) {
      throw damaged(what);
    }
  }

  private static InvalidValueException damaged(String what) {
    return InvalidValueException.because(
        "must be a PEM file that is whole; " + what + " in it cannot be read", "Copy it anew.");
  }

  private static PrivateKey belonging(byte[] pkcs8, PublicKey of) throws InvalidValueException {
    try {
      PrivateKey key =
          KeyFactory.getInstance(of.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      Signature signature = Signature.getInstance(signatureOf(of));
      byte[] anything = "Rowhook".getBytes(StandardCharsets.US_ASCII);
      signature.initSign(key);
      signature.update(anything);
      byte[] signed = signature.sign();
      signature.initVerify(of);
      signature.update(anything);
      if (signature.verify(signed)) {
        return key;
      }
    } catch (InvalidKeySpecException e) {
      // of another kind, or damaged
    } catch (GeneralSecurityException e) {
      // a curve that this Java does not sign on, for one
    }
    throw InvalidValueException.because(
        "must be the private key of tls.certificate, and it is another or damaged",
        "Compare openssl pkey -pubout -in key.pem with openssl x509 -pubkey -noout -in"
            + " certificate.pem.");
  }

  private static String signatureOf(PublicKey key) throws InvalidValueException {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      case "EdDSA" -> "EdDSA";
      default ->
          throw InvalidValueException.because(
              "must be an RSA, EC or Ed25519 key", "Ask the recipient for another certificate.");
    };
  }

  /**
   * PKCS#1 or SEC 1 in the cover of PKCS#8 (RFC 5208): version, algorithm, key. Which algorithm and
   * curve it is stands in the certificate.
   */
  private static byte[] wrapped(byte[] key, PublicKey of) throws InvalidValueException {
    try {
      return tagged(SEQUENCE, VERSION_0, firstInside(of.getEncoded()), tagged(OCTET_STRING, key));
    } catch (IndexOutOfBoundsException e) {
      throw damaged("a private key");
    }
  }

  /** The first element inside of a DER sequence, whole: of a public key, its algorithm. */
  private static byte[] firstInside(byte[] sequence) {
    int start = headOf(sequence, 0);
    int content = headOf(sequence, start);
    int end = content + lengthAt(sequence, start + 1);
    return java.util.Arrays.copyOfRange(sequence, start, end);
  }

  /** Where the content of the element begins. */
  private static int headOf(byte[] der, int at) {
    int first = der[at + 1] & 0xFF;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7F);
  }

  private static int lengthAt(byte[] der, int at) {
    int first = der[at] & 0xFF;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 1; i <= (first & 0x7F); i++) {
      length = length << 8 | (der[at + i] & 0xFF);
    }
    return length;
  }

  private static byte[] tagged(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int length = content.size();
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(tag);
    if (length < 0x80) {
      whole.write(length);
    } else {
      whole.write(0x82); // two bytes of length hold any key
      whole.write(length >> 8);
      whole.write(length);
    }
    whole.writeBytes(content.toByteArray());
    return whole.toByteArray();
  }
}
