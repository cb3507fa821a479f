package io.rowhook.admin.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.preview.EventFile;
import io.rowhook.base.FileErrors;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.SubscriptionMatcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Bodies that a person has put beside events, for tests of their own: {@code
 * DIR/<recipient>/<case>.event.json} and {@code <case>.body.json} or {@code .xml}.
 */
public final class GoldenExamples {

  private static final String EVENT = ".event.json";

  /** Of one subscription. */
  private static final int MOST = 5;

  private final Optional<Path> directory;
  private final TemplateLookup sets;

  /**
   * @param directory empty: there are none
   */
  public GoldenExamples(Optional<Path> directory, TemplateLookup sets) {
    this.directory = directory;
    this.sets = sets;
  }

  /** Those of events that a subscription decides about, by their names. */
  List<CatalogEntry.Example> of(Recipient recipient, int index) throws TemplateException {
    Path own = directory.map(all -> all.resolve(recipient.name())).orElse(null);
    if (own == null || !Files.isDirectory(own)) {
      return List.of();
    }
    SubscriptionMatcher matcher = SubscriptionMatcher.of(recipient, sets);
    List<CatalogEntry.Example> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(own)) {
      for (Path file : files.filter(one -> one.toString().endsWith(EVENT)).sorted().toList()) {
        String full = String.valueOf(file.getFileName());
        String name = full.substring(0, full.length() - EVENT.length());
        Path body = own.resolve(name + ".body." + recipient.format());
        Event event = EventFile.read(file).event();
        if (found.size() < MOST && Files.exists(body) && decides(matcher, event, index)) {
          found.add(new CatalogEntry.Example(name, text(recipient, body), false));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(own + " cannot be read: " + FileErrors.reason(e), e);
    }
    return found;
  }

  private static boolean decides(SubscriptionMatcher matcher, Event event, int index)
      throws TemplateException {
    List<SubscriptionMatcher.Finding> findings = matcher.findings(event);
    return !findings.isEmpty()
        && findings.getLast().whyNot() == null
        && findings.getLast().index() == index;
  }

  /** As it is sent: JSON in files is written for people. */
  private static String text(Recipient recipient, Path body) throws IOException {
    byte[] bytes = Files.readAllBytes(body);
    if (!recipient.format().contentType().contains("json")) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
    JsonNode json = Json.MAPPER.readTree(bytes);
    return Json.text(json);
  }
}
