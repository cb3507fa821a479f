package io.rowhook.settings.yaml;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Resolves {@code ${env:NAME}} and {@code ${file:/path}} in the values of all settings; a doubled
 * dollar sign before the brace makes it literal. What a reference brings in is not looked at again.
 */
public final class Interpolation {

  /** A file that a value is read from holds one secret, not a document. In bytes. */
  private static final int MAX_FILE = 64 * 1024;

  private static final String ESCAPE = "Write $${ for a literal ${.";

  private final Map<String, String> env;

  public Interpolation(Map<String, String> env) {
    this.env = Map.copyOf(env);
  }

  /** The value that a text in a file stands for. */
  public String resolve(String written) throws InvalidValueException {
    StringBuilder value = new StringBuilder();
    int from = 0;
    for (int at = written.indexOf("${"); at >= 0; at = written.indexOf("${", from)) {
      if (at > from && written.charAt(at - 1) == '$') {
        value.append(written, from, at - 1).append("${");
        from = at + 2;
        continue;
      }
      int end = written.indexOf('}', at);
      if (end < 0) {
        throw InvalidValueException.hidden("has a ${ without its }", "Close it. " + ESCAPE);
      }
      value.append(written, from, at).append(referred(written.substring(at + 2, end)));
      from = end + 1;
    }
    return value.append(written, from, written.length()).toString();
  }

  private String referred(String reference) throws InvalidValueException {
    if (reference.startsWith("env:")) {
      return variable(reference.substring("env:".length()));
    }
    if (reference.startsWith("file:")) {
      return file(reference.substring("file:".length()));
    }
    throw InvalidValueException.hidden(
        "has a ${...} that is neither ${env:NAME} nor ${file:/path}",
        "Write one of these. " + ESCAPE);
  }

  private String variable(String name) throws InvalidValueException {
    String value = env.get(name);
    if (value == null) {
      throw InvalidValueException.hidden(
          "needs the environment variable " + Diagnostics.printable(name) + ", which is not set",
          "Set it for this process, or write ${file:...} in its place.");
    }
    return value;
  }

  private static String file(String name) throws InvalidValueException {
    String named = "needs the file " + Diagnostics.printable(name);
    try {
      Path path = Path.of(name);
      if (!path.isAbsolute()) {
        throw InvalidValueException.hidden(
            named + ", whose path is not absolute", "Write it from the root: /...");
      }
      if (!Files.isRegularFile(path)) {
        throw InvalidValueException.hidden(
            named + ", which is not there", "Create it, or correct the path.");
      }
      if (Files.size(path) > MAX_FILE) {
        throw InvalidValueException.hidden(
            named + ", which is larger than " + MAX_FILE / 1024 + " kB",
            "Name a file that holds this one value.");
      }
      return withoutLineEnd(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(path)))
              .toString());
    } catch (CharacterCodingException e) {
      throw InvalidValueException.hidden(named + ", which is not UTF-8", "Save it as UTF-8.");
    } catch (InvalidPathException e) {
      throw InvalidValueException.hidden(named + ", which is no path", "Correct it.");
    } catch (IOException e) {
      throw InvalidValueException.hidden(
          named + ", which cannot be read", "Let the user that runs Rowhook read it.");
    }
  }

  private static String withoutLineEnd(String text) {
    if (text.endsWith("\r\n")) {
      return text.substring(0, text.length() - 2);
    }
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }
}
