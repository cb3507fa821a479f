package io.rowhook.settings;

import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every bad subscription is refused with the whole sentence that is written here. */
class BadSubscriptionTest {

  private static final String FILE = "config/recipients/shop.yaml";
  private static final String URL = "url: https://a.example\n";

  @TempDir Path temp;

  @TestFactory
  Stream<DynamicTest> subscriptions() {
    String one = URL + "subscriptions:\n- entity: Article\n";
    return Stream.of(
        shop(
            "none",
            URL + "subscriptions: []\n",
            ":2:16: subscriptions is an empty list, so that nothing would be sent. Add one, or take"
                + " it out to get every event of every entity."),
        shop(
            "unknown entity",
            URL + "subscriptions:\n- entity: Artikel\n",
            ":3:11: subscriptions[0].entity must be an entity of entities.yaml, got: Artikel. Did"
                + " you mean Article?"),
        shop(
            "entity that is nothing like any",
            URL + "subscriptions:\n- entity: Invoice\n",
            ":3:11: subscriptions[0].entity must be an entity of entities.yaml, got: Invoice. It"
                + " has: Article, Order."),
        shop(
            "unknown event",
            one + "  events: [Created, Changed]\n",
            ":4:21: subscriptions[0].events[1] must be one of Created, Updated, Deleted, Snapshot, got:"
                + " Changed. Write one of these."),
        shop(
            "an event of Rowhook itself",
            one + "  events: [Created, RecipientPaused]\n",
            ":4:11: subscriptions[0].events names RecipientPaused, which is of entity Rowhook alone."
                + " Give that a subscription of its own."),
        shop(
            "an entity's event of Rowhook",
            URL + "subscriptions:\n- entity: Rowhook\n  events: [Gap, Created]\n",
            ":4:11: subscriptions[0].events names Created, which is none of entity Rowhook. Name one"
                + " of its own, or take events out to get all alerts."),
        shop(
            "the latest of Rowhook only",
            URL + "subscriptions:\n- entity: Rowhook\n  latest-only: true\n",
            ":4:16: subscriptions[0].latest-only is not for entity Rowhook. Take it out; a condition"
                + " in when can look at what the event says."),
        shop(
            "no events",
            one + "  events: []\n",
            ":4:11: subscriptions[0].events is an empty list. Name events, or take it out to get"
                + " Created, Updated and Deleted."),
        shop(
            "condition",
            one + "  when: .data.stock ==\n",
            ":4:9: subscriptions[0].when must be a condition in JSLT (the condition:1:14: Parse"
                + " error: Encountered \"<EOF>\".), got: .data.stock ==. Write for example"
                + " '.data.status == \"shipped\"'."),
        shop(
            "a number that JSLT cannot hold",
            one + "  when: .data.ref == 99999999999999999999\n",
            ":4:9: subscriptions[0].when must be a condition in JSLT (the condition: a whole number"
                + " is larger than JSLT can hold (9223372036854775807). Write it as a text, and"
                + " use decimal-compare), got: .data.ref == 99999999999999999999. Write for"
                + " example '.data.status == \"shipped\"'."),
        shop(
            "no attributes that have changed",
            one + "  changed: []\n",
            ":4:12: subscriptions[0].changed is an empty list. Name attributes, or take it out."),
        shop(
            "changed where nothing can change",
            one + "  events: Created\n  changed: [stock]\n",
            ":5:12: subscriptions[0].changed is for Updated events, which events does not name, so"
                + " that nothing would be sent. Add Updated, or take it out."),
        shop(
            "becomes without an attribute",
            one + "  becomes: {}\n",
            ":4:12: subscriptions[0].becomes names no attribute. Write for example becomes:"
                + " {status: shipped}, or take it out."),
        shop(
            "becomes without a value",
            one + "  becomes: { sku: [] }\n",
            ":4:19: subscriptions[0].becomes.sku is an empty list, so that nothing would be sent."
                + " Name values, or take it out."),
        shop(
            "becomes where nothing can become",
            one + "  events: Deleted\n  becomes: { sku: x }\n",
            ":5:12: subscriptions[0].becomes is for Created, Updated and Snapshot events, which events does"
                + " not name, so that nothing would be sent. Add one of them, or take it out."),
        shop(
            "topic that no header can carry",
            one + "  topic: order shipped\n",
            ":4:10: subscriptions[0].topic must be a topic: up to 128 letters, digits, full stops,"
                + " hyphens, underscores, slashes and colons, got: order shipped. Write for example"
                + " order.shipped."),
        shop(
            "latest-only that is neither",
            one + "  latest-only: sometimes\n",
            ":4:16: subscriptions[0].latest-only must be true or false, got: sometimes. Write one"
                + " of the two."),
        bad(
            "missing attribute set",
            d -> d.write("templates/shop/order.jslt", ".").shop(one + "  attributes: ordr\n"),
            FILE
                + ":4:15: subscriptions[0].attributes must be an attribute set that exists, got:"
                + " ordr. There is no templates/shop/ordr.jslt and no templates/ordr.jslt, and"
                + " built in are only full and notify. Did you mean order?"),
        shop(
            "attribute set elsewhere",
            one + "  attributes: ../secret\n",
            ":4:15: subscriptions[0].attributes must be the name of an attribute set: letters,"
                + " digits, hyphens and underscores, got: ../secret. Write it without directory and"
                + " .jslt."));
  }

  private DynamicTest shop(String name, String text, String problem) {
    return bad(name, d -> d.shop(text), FILE + problem);
  }

  private DynamicTest bad(String name, Consumer<SettingsDirectory> breakIt, String problem) {
    return SettingsDirectory.bad(temp, name, breakIt, problem);
  }
}
