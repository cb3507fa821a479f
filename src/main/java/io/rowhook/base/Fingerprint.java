package io.rowhook.base;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The first 64 bits of a SHA-256: two that differ have the same once in 2^64. Pure; any thread. */
public final class Fingerprint {

  private Fingerprint() {}

  public static long of(byte[] bytes) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  public static long of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }
}
