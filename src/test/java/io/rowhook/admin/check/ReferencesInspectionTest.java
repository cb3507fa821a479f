package io.rowhook.admin.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.base.Finding;
import io.rowhook.base.Finding.Area;
import io.rowhook.base.Finding.Severity;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableMetadata.Column;
import io.rowhook.capture.TableMetadata.ForeignKey;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.EventType;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryOrder;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.recipient.Subscription;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code order: references} that has nothing to order by is said before the start. */
@Tag("feature-73")
class ReferencesInspectionTest {

  private static final TableId ORDER = TableId.parse("orders");
  private static final TableId CUSTOMER = TableId.parse("customer");
  private static final TableId AGENT = TableId.parse("agent");

  private static final List<EntityType> ENTITIES =
      List.of(
          new EntityType("Order", ORDER, List.of(), List.of()),
          new EntityType("Customer", CUSTOMER, List.of(), List.of()),
          new EntityType("Agent", AGENT, List.of("code"), List.of()));

  private static final List<TableMetadata> TABLES =
      List.of(
          table(
              ORDER,
              List.of(
                  new ForeignKey(List.of("customer"), CUSTOMER, List.of("id")),
                  new ForeignKey(List.of("agent"), AGENT, List.of("id"))),
              "customer",
              "agent"),
          table(CUSTOMER, List.of(), "name"),
          table(AGENT, List.of(), "code"));

  private static TableMetadata table(TableId table, List<ForeignKey> keys, String... columns) {
    List<Column> all =
        Arrays.stream(("id " + String.join(" ", columns)).split(" ", -1))
            .map(name -> new Column(name, 23, true, false))
            .toList();
    List<String> key = List.of("id");
    return new TableMetadata(
        table, 1, all, key, ReplicaIdentity.DEFAULT, key, List.of(key), false, List.of(), keys);
  }

  private static List<Finding> found(DeliveryOrder order, String... entities) {
    Recipient shop =
        new Recipient(
            "shop",
            URI.create("https://shop.example.com/"),
            Authentication.NONE,
            new DeliveryMode.Parallel(4, order),
            Duration.ofSeconds(5),
            RetryPolicy.DEFAULT,
            Arrays.stream(entities)
                .map(name ->
                    new Subscription(
                        name, Set.of(EventType.values()), Optional.empty(), Optional.empty()))
                .toList());
    return ReferencesInspection.of(List.of(shop), ENTITIES, TABLES);
  }

  @Test
  void nothingIsSaidWhereOneNamesAnother() {
    assertThat(found(DeliveryOrder.references, "Order", "Customer")).isEmpty();
    assertThat(found(DeliveryOrder.entity, "Order")).isEmpty();
  }

  @Test
  void whereNothingNamesAnotherItIsPointless() {
    assertThat(found(DeliveryOrder.references, "Customer", "Agent"))
        .containsExactly(
            new Finding(
                Severity.warning,
                Area.recipients,
                "recipients/shop.yaml: order: references has nothing to order by: nothing that it"
                    + " subscribes to names another entity that it subscribes to",
                "What it is sent is in the order of each entity alone",
                "Subscribe it to the entity that is named, or let refers in entities.yaml say what"
                    + " names it; or take order out"));
    assertThat(found(DeliveryOrder.references, "Order")).hasSize(1);
  }

  @Test
  void whatIsNamedByOtherColumnsThanItIsKnownByIsNotSeen() {
    assertThat(found(DeliveryOrder.references, "Order", "Customer", "Agent"))
        .containsExactly(
            new Finding(
                Severity.warning,
                Area.recipients,
                "recipients/shop.yaml: order: references does not see which Agent an Order names:"
                    + " its rows name it by other columns than code, which Agent is known by",
                "One of Order can come before the Agent that it names",
                "Let Agent have the columns as id in entities.yaml that Order names it by, or send"
                    + " everything in order: processing: sequential"));
  }
}
