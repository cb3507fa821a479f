package io.rowhook.webhook.http;

import io.rowhook.webhook.WebhookClient;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.TruncatedChunkException;

/**
 * Says in words why a call of {@link WebhookClient} brought no answer. An exception's own message
 * is never passed on: it may quote the answer or the URL, and so a secret. Pure.
 */
public final class TransportErrors {

  private static final String CLOSED_MIDWAY =
      "the connection was closed in the middle of the answer";
  private static final String NOT_HTTP = "the answer is not HTTP";

  /** The alert's name is one of RFC 8446, section 6; the JDK takes no other. */
  private static final Pattern ALERT = Pattern.compile("Received fatal alert: ([a-z_]{3,40})$");

  private TransportErrors() {}

  /**
   * The reason.
   *
   * @param at host and port
   */
  public static String inWords(Throwable fault, String at) {
    return switch (fault) {
      case BlockedAddressException e -> String.valueOf(e.getMessage());
      case ProxyException e -> String.valueOf(e.getMessage());
      case UnknownHostException _ -> "the host name in " + at + " is unknown";
      case NoRouteToHostException _ -> "there is no route to " + at;
      case ConnectException e -> refusedOr(e, at);
      case SocketTimeoutException _ -> "no connection to " + at + " in time";
      case NoHttpResponseException _ -> "the connection was closed without an answer";
      case MessageConstraintException _ -> "the head of the answer is longer than Rowhook reads";
      case TruncatedChunkException _ -> CLOSED_MIDWAY;
      case MalformedChunkCodingException _ -> NOT_HTTP + ": its chunks are malformed";
      case ConnectionClosedException _ -> CLOSED_MIDWAY;
      case EOFException _ -> CLOSED_MIDWAY;
      case SSLException e -> "TLS with " + at + ": " + tls(e);
      case SocketException _ -> "the connection to " + at + " was reset";
      case HttpException _ -> NOT_HTTP;
      default -> wrapped(fault, at);
    };
  }

  private static String wrapped(Throwable fault, String at) {
    Throwable cause = fault.getCause();
    return cause == null
        ? "the call failed: " + fault.getClass().getSimpleName()
        : inWords(cause, at);
  }

  private static String refusedOr(ConnectException e, String at) {
    return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("refused")
        ? "connection refused by " + at
        : "cannot connect to " + at;
  }

  private static String tls(SSLException e) {
    if (e instanceof SSLPeerUnverifiedException) {
      return "the certificate is not for this host name";
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) { // the innermost is certain
      if (cause instanceof CertificateExpiredException) {
        return "the certificate has expired";
      } else if (cause instanceof CertificateNotYetValidException) {
        return "the certificate is not valid yet";
      }
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (message.startsWith("No subject alternative") || message.startsWith("No name matching")) {
        return "the certificate is not for this host name";
      } else if (cause instanceof CertPathValidatorException
          || cause.getClass().getSimpleName().equals("SunCertPathBuilderException")) {
        return "the certificate is not trusted: no known authority has signed it";
      } else if (message.startsWith("Unsupported or unrecognized SSL message")) {
        return "the other side does not speak TLS; is it plain HTTP?";
      }
      Matcher alert = ALERT.matcher(message);
      if (alert.find()) {
        return alert(alert.group(1));
      }
    }
    return "the handshake failed (" + e.getClass().getSimpleName() + ")";
  }

  /** What the other side has said before it hung up. */
  private static String alert(String name) {
    return switch (name) {
      case "certificate_required" ->
          "the other side asks for a client certificate; give it one with tls: {certificate, key}";
      case "bad_certificate",
          "certificate_unknown",
          "certificate_expired",
          "unknown_ca",
          "access_denied" ->
          "the other side does not accept Rowhook's client certificate, or misses one ("
              + name
              + ")";
      case "handshake_failure" ->
          "the other side found nothing in common, or misses a client certificate"
              + " (handshake_failure)";
      case "unrecognized_name" -> "the other side knows no host of this name";
      default -> "the other side ended the handshake (" + name + ")";
    };
  }
}
