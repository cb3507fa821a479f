package io.rowhook.settings;

import io.rowhook.settings.EditRefusedException.Reason;
import io.rowhook.settings.SettingsEditor.Content;
import io.rowhook.settings.SettingsEditor.Kind;
import io.rowhook.settings.recipients.RecipientFileReader;
import io.rowhook.settings.reload.ContentFingerprint;
import io.rowhook.settings.yaml.SecretMask;
import io.rowhook.settings.yaml.Yaml;
import io.rowhook.settings.yaml.YamlDocument;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of a settings file is shown to whoever edits it through Rowhook, and how that is taken back:
 * without secrets, and only for the content that it was shown of. Any thread.
 */
final class ShownContent {

  private static final int ETAG_DIGITS = 32;
  private static final Pattern ETAG = Pattern.compile("\"[^\"]*\"");

  private final byte[] salt = new byte[ETAG_DIGITS];

  ShownContent() {
    new SecureRandom().nextBytes(salt);
  }

  Content shown(Kind kind, String name, byte[] bytes) {
    String etag = etag(bytes);
    if (kind != Kind.recipient) {
      return new Content(name, etag, text(bytes), null);
    }
    Optional<YamlDocument> document = document(text(bytes));
    return new Content(
        name,
        etag,
        document.map(YamlDocument::masked).orElse(null),
        document.map(YamlDocument::json).orElse(null));
  }

  private static Optional<YamlDocument> document(String text) {
    return YamlDocument.of(text, RecipientFileReader.OBJECT);
  }

  static String text(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** Of no use to whoever would guess a secret by it: it differs from process to process. */
  String etag(byte[] bytes) {
    byte[] salted = Arrays.copyOf(salt, salt.length + bytes.length);
    System.arraycopy(bytes, 0, salted, salt.length, bytes.length);
    return "\"" + ContentFingerprint.of(salted).substring(0, ETAG_DIGITS) + "\"";
  }

  /** Refuses an edit of a content that is no more, or that does not say of which it is. */
  void check(@Nullable String ifMatch, byte[] bytes) throws EditRefusedException {
    if (ifMatch == null || ifMatch.isBlank()) {
      throw new EditRefusedException(
          Reason.UNCONDITIONAL,
          "an edit needs If-Match with the ETag that the file was read with, so that it overwrites"
              + " nobody's. Read it first");
    }
    List<String> given = Arrays.stream(ifMatch.split(",", -1)).map(String::strip).toList();
    Optional<String> none = given.stream().filter(one -> !ETAG.matcher(one).matches()).findFirst();
    if (none.isPresent()) {
      throw new EditRefusedException(
          Reason.UNCONDITIONAL,
          "If-Match must be the ETag that the file was read with, as the answer has it, in its"
              + " quotes, got: "
              + none.get()
              + (none.get().equals("*") ? ", which would overwrite whatever it holds by now" : ""));
    }
    String etag = etag(bytes);
    if (!given.contains(etag)) {
      throw new EditRefusedException(
          Reason.STALE,
          "the file has been edited since it was read, or Rowhook was started anew. Read it again, and"
              + " make the edit in what it holds now");
    }
  }

  /** The text with what it leaves masked as it was before. */
  static String unmasked(Kind kind, Path file, Optional<byte[]> before, String text)
      throws EditRefusedException {
    if (text.getBytes(StandardCharsets.UTF_8).length > Yaml.MAX_FILE) {
      throw new EditRefusedException(Reason.INVALID, "the content is larger than 1 MB. Shorten it");
    }
    if (kind != Kind.recipient || !text.contains(SecretMask.MASK)) {
      return text;
    }
    Optional<YamlDocument> document = document(text);
    if (document.isEmpty()) {
      return text; // whoever reads it says what is wrong
    }
    YamlDocument.Restored restored =
        document.get().restored(before.flatMap(bytes -> document(text(bytes))));
    if (!restored.unknown().isEmpty()) {
      throw invalid(
          restored.unknown().stream()
              .map(way ->
                  new SettingsProblem(
                      file.toString(),
                      0,
                      0,
                      way,
                      way
                          + " has ***, which stands for what is not shown of the value before, and"
                          + " there is no such value. Write it whole, or a reference: ${env:NAME}"
                          + " or ${file:/path}."))
              .toList());
    }
    return restored.text();
  }

  /** What would not be good. */
  static EditRefusedException invalid(List<SettingsProblem> problems) {
    return new EditRefusedException(
        Reason.INVALID,
        "the settings would not be good with it, so nothing was changed. Correct what is listed",
        problems);
  }
}
