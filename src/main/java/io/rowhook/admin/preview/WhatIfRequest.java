package io.rowhook.admin.preview;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.ServiceClient;
import io.rowhook.base.Count;
import io.rowhook.settings.EditRefusedException;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsDrafts.Draft;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks the running service what the files on disk would have done to events that were, and waits
 * until it knows. Only what differs from what is in force goes along.
 */
public final class WhatIfRequest {

  private static final Address ALL = Address.of("v1", "what-ifs");
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(300);

  private final ServiceClient service;
  private final Path templates;

  public WhatIfRequest(ServiceClient service, Path templates) {
    this.service = service;
    this.templates = templates;
  }

  /**
   * Asks and waits.
   *
   * @param settings as the files have them
   * @param request the range
   * @param recipient for whom; null: for all
   * @param progress is told how far it is; null: nobody is
   * @return what it has found
   */
  public JsonNode ask(
      Settings settings,
      ObjectNode request,
      @Nullable String recipient,
      @Nullable PrintWriter progress)
      throws InterruptedException {
    if (recipient != null) {
      request.putArray("recipients").add(recipient);
    }
    Draft draft = onDisk();
    request.set("templates", templates(settings, draft));
    request.set("recipientFiles", recipients(recipient, draft));
    JsonNode job = service.post(ALL, request);
    Address place = Address.of("v1", "what-ifs", job.path("id").asText());
    while (job.path("state").asText().equals("running")) {
      Thread.sleep(BETWEEN_LOOKS);
      job = service.get(place);
      if (progress != null) {
        progress.printf(
            Locale.ROOT,
            "\r%,d of %s examined ",
            job.path("examined").asLong(),
            Count.of(job.path("events").asLong(), "event"));
        progress.flush();
      }
    }
    if (progress != null) {
      progress.print("\r" + " ".repeat(60) + "\r");
      progress.flush();
    }
    return job;
  }

  /** Those whose hashes are others than in force; null: gone. */
  private ObjectNode templates(Settings settings, Draft draft) throws InterruptedException {
    Map<String, String> inForce = new TreeMap<>();
    service
        .get(Address.of("v1", "settings"))
        .path("templates")
        .properties()
        .forEach(one -> inForce.put(one.getKey(), one.getValue().asText()));
    ObjectNode texts = ServiceClient.request();
    draft
        .templates()
        .forEach((name, text) -> {
          String hash = settings.templateHashes().get(name);
          if (hash == null || !hash.equals(inForce.get(name))) {
            texts.put(name, text.orElse(null));
          }
        });
    inForce.keySet().stream()
        .filter(name -> name.endsWith(".jslt") && !draft.templates().containsKey(name))
        .forEach(texts::putNull);
    return texts;
  }

  private ObjectNode recipients(@Nullable String only, Draft draft) throws InterruptedException {
    ObjectNode texts = ServiceClient.request();
    for (JsonNode one : service.get(Address.of("v1", "recipients")).path("recipients")) {
      texts.putNull(one.path("name").asText());
    }
    draft.recipients().forEach((name, text) -> texts.put(name, text.orElse(null)));
    return only == null ? texts : texts.retain(only);
  }

  private Draft onDisk() {
    try {
      return Draft.onDisk(service.config(), templates);
    } catch (EditRefusedException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
