package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.base.Json;
import io.rowhook.entity.EntityType;
import io.rowhook.journal.KafkaSettings;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.HttpProxy;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.settings.AdminSettings;
import io.rowhook.settings.Settings;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The settings as they are in force, whatever the files say by now. */
final class SettingsOperations {

  private static final String MASK = "***";

  /** Of the source's properties those that cannot be a secret. */
  private static final List<String> SHOWN =
      List.of(
          "database.hostname",
          "database.port",
          "database.dbname",
          "database.user",
          "database.sslmode",
          "slot.name",
          "publication.name",
          "plugin.name");

  private static final Schema DURATION = Schema.text().about("as ISO 8601 has it: `PT5S`");

  private static final Schema SUBSCRIPTION =
      Schema.fields()
          .must("entity", Schema.text())
          .must("events", Schema.list(Schema.text()))
          .must("id", Schema.text().orNull())
          .must("changed", Schema.list(Schema.text()))
          .must("when", Schema.flag().about("whether it has a condition"))
          .must("attributes", Schema.text().orNull())
          .must("topic", Schema.text().orNull())
          .must("latestOnly", Schema.flag());

  private static final Schema RECIPIENT =
      Schema.fields()
          .must("name", Schema.text())
          .must("url", Schema.text().about("without what may be a secret in it"))
          .must("authentication", Schema.list(Schema.text()).about("of which kinds"))
          .must("timeout", DURATION)
          .must("retries", Schema.list(DURATION).about("the delays"))
          .must("backlogBytes", Schema.count())
          .must("backlogAge", DURATION)
          .must("format", Schema.text())
          .must("proxy", Schema.text().orNull())
          .must("subscriptions", Schema.list(SUBSCRIPTION));

  private static final Schema SETTINGS =
      Schema.named(
          "Settings",
          Schema.fields()
              .must("source", Schema.map(Schema.text()).about("what may be a secret is `***`"))
              .must("journal", Schema.text().about("its file"))
              .must(
                  "kafka",
                  Schema.map(Schema.text())
                      .about("behind the journal; what Kafka's clients are told is `***`")
                      .orNull())
              .must("retention", DURATION)
              .must("proxy", Schema.text().orNull())
              .must(
                  "admin",
                  Schema.fields()
                      .must("address", Schema.text())
                      .must("tls", Schema.flag())
                      .must("read", Schema.flag().about("whether there is such a token"))
                      .must("operate", Schema.flag())
                      .orNull())
              .must(
                  "entities",
                  Schema.list(
                      Schema.fields()
                          .must("name", Schema.text())
                          .must("table", Schema.text())
                          .must("id", Schema.list(Schema.text()))
                          .must("parts", Schema.list(Schema.text()))
                          .must("references", Schema.list(Schema.text()))
                          .must(
                              "index",
                              Schema.list(Schema.text())
                                  .about("columns by whose values deliveries are found"))))
              .must("recipients", Schema.list(RECIPIENT))
              .must("templates", Schema.map(Schema.text()).about("by name, the hash of each"))
              .must("problems", Schema.list(Schema.text()).about("what is refused on disk")));

  static final List<Operation> ALL =
      List.of(
          Operation.get("/v1/settings", "getSettings")
              .says("Service", "The settings in force, without secrets")
              .answers(200, "The settings", SETTINGS)
              .by((service, _) -> ApiAnswer.ok(json(service))));

  private SettingsOperations() {}

  private static ObjectNode json(RunningService service) {
    Settings settings = service.settings().get();
    ObjectNode json = Json.MAPPER.createObjectNode();
    ObjectNode source = json.putObject("source");
    settings
        .source()
        .values()
        .forEach((key, value) -> source.put(key, SHOWN.contains(key) ? value : MASK));
    json.put("journal", settings.journal().toString())
        .put("retention", settings.retention().toString())
        .put("proxy", settings.proxy().map(HttpProxy::at).orElse(null));
    json.set("kafka", settings.kafka().map(SettingsOperations::kafka).orElse(null));
    json.set("admin", settings.admin().map(SettingsOperations::admin).orElse(null));
    ArrayNode entities = json.putArray("entities");
    settings.entities().forEach(entity -> entities.add(entity(entity)));
    ArrayNode recipients = json.putArray("recipients");
    settings.recipients().forEach(recipient -> recipients.add(recipient(recipient)));
    ObjectNode templates = json.putObject("templates");
    settings.templateHashes().forEach(templates::put);
    service.problems().get().forEach(json.putArray("problems")::add);
    return json;
  }

  /** Without what Kafka's clients are told: any of it may be a secret. */
  static ObjectNode kafka(KafkaSettings kafka) {
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("bootstrap.servers", kafka.bootstrapServers())
            .put("topic-prefix", kafka.topicPrefix());
    kafka.advertisedApi().ifPresent(api -> json.put("advertised.api", api.toString()));
    new TreeSet<>(kafka.properties().keySet()).forEach(name -> json.put(name, MASK));
    return json;
  }

  private static ObjectNode admin(AdminSettings admin) {
    return Json.MAPPER
        .createObjectNode()
        .put("address", admin.shown(0))
        .put("tls", admin.tls().isPresent())
        .put("read", admin.read().isPresent())
        .put("operate", admin.operate().isPresent());
  }

  private static ObjectNode entity(EntityType entity) {
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("name", entity.name())
            .put("table", entity.table().toString());
    entity.id().forEach(json.putArray("id")::add);
    ArrayNode parts = json.putArray("parts");
    entity.parts().forEach(part -> parts.add(part.name()));
    ArrayNode references = json.putArray("references");
    entity.references().forEach(reference -> references.add(reference.name()));
    entity.index().forEach(json.putArray("index")::add);
    return json;
  }

  private static ObjectNode recipient(Recipient recipient) {
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("name", recipient.name())
            .put("url", url(recipient.url()));
    kinds(recipient.authentication()).forEach(json.putArray("authentication")::add);
    json.put("timeout", recipient.timeout().toString());
    ArrayNode retries = json.putArray("retries");
    recipient.retry().delays().forEach(delay -> retries.add(delay.toString()));
    json.put("backlogBytes", recipient.backlog().bytes())
        .put("backlogAge", recipient.backlog().age().toString())
        .put("format", recipient.format().name())
        .put("proxy", recipient.connection().proxy().map(HttpProxy::at).orElse(null));
    ArrayNode subscriptions = json.putArray("subscriptions");
    recipient.subscriptions().forEach(one -> subscriptions.add(subscription(one)));
    return json;
  }

  private static List<String> kinds(Authentication authentication) {
    Map<String, Optional<?>> all =
        Map.of(
            "hmac", authentication.hmac(),
            "ed25519", authentication.ed25519(),
            "basic", authentication.basic(),
            "bearer", authentication.bearer(),
            "oauth2", authentication.oauth2());
    return all.entrySet().stream()
        .filter(one -> one.getValue().isPresent())
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private static String url(URI url) {
    boolean more = url.getRawQuery() != null || url.getRawPath().length() > 1;
    return url.getScheme()
        + "://"
        + url.getHost()
        + (url.getPort() < 0 ? "" : ":" + url.getPort())
        + (more ? "/" + MASK : "/");
  }

  private static ObjectNode subscription(Subscription one) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("entity", one.entity());
    ArrayNode events = json.putArray("events");
    one.events().stream().sorted().forEach(event -> events.add(event.name()));
    json.put("id", one.id().orElse(null));
    new TreeSet<>(one.changed()).forEach(json.putArray("changed")::add);
    return json.put("when", one.when().isPresent())
        .put("attributes", one.attributes().orElse(null))
        .put("topic", one.topic().orElse(null))
        .put("latestOnly", one.latestOnly());
  }
}
