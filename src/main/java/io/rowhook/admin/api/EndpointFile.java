package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.recipient.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a running service leaves beside its journal, so that commands find it: where it listens, and
 * the token that says that whoever calls may read this file. For its owner only, and removed when
 * the service stops; after a kill it stays, and leads nowhere.
 *
 * @param port on the loopback
 * @param token that each request must carry
 * @param process the service's number
 * @param configured where it listens besides, as {@code admin.address} says; empty: nowhere
 */
public record EndpointFile(int port, Secret token, long process, Optional<String> configured) {

  public static final String HOST = "127.0.0.1";

  private static final int TOKEN_BYTES = 32;

  /** One for this process, with a token of its own. */
  public static EndpointFile of(int port, Optional<String> configured) {
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    return new EndpointFile(
        port,
        new Secret(HexFormat.of().formatHex(random)),
        ProcessHandle.current().pid(),
        configured);
  }

  /** Where whoever has this address opens the page, and operates the service. */
  public String page() {
    return "http://" + authority() + "/#token=" + token.reveal();
  }

  /** {@code journal.db.admin}. */
  public static Path beside(Path journal) {
    return journal.resolveSibling(journal.getFileName() + ".admin");
  }

  /** What the host header of each request must be. */
  public String authority() {
    return HOST + ":" + port;
  }

  /** Writes it as a whole: nobody reads half of it, and never anyone but its owner. */
  public void write(Path file) throws IOException {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("address", authority()).put("token", token.reveal()).put("process", process);
    configured.ifPresent(one -> json.put("configured", one));
    Path absolute = file.toAbsolutePath();
    Path draft = absolute.resolveSibling(absolute.getFileName() + ".new");
    Files.deleteIfExists(draft);
    Files.createFile(draft, ownerOnly());
    Files.writeString(draft, json + "\n");
    Files.move(
        draft, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Removes it, unless it is another's by now. */
  public void remove(Path file) throws IOException {
    try {
      if (read(file).token.equals(token)) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      // removed already, which is what was wanted
    }
  }

  /**
   * Reads it.
   *
   * @throws NoSuchFileException if there is none
   * @throws IOException if it cannot be read, or is none
   */
  public static EndpointFile read(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    @Nullable JsonNode json = null;
    try {
      json = Json.MAPPER.readTree(new String(content, StandardCharsets.UTF_8));
    } catch (IOException e) {
      // its message would quote the token
    }
    String address = json == null ? "" : json.path("address").asText();
    String token = json == null ? "" : json.path("token").asText();
    if (json == null || !address.startsWith(HOST + ":") || token.isEmpty()) {
      throw new IOException("it does not say where the service listens");
    }
    int port = Integer.parseInt(address.substring(HOST.length() + 1));
    return new EndpointFile(
        port,
        new Secret(token),
        json.path("process").asLong(),
        Optional.ofNullable(json.path("configured").textValue()));
  }
}
