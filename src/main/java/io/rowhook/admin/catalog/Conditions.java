package io.rowhook.admin.catalog;

import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** Under which conditions a subscription wants an event, in words. */
final class Conditions {

  private Conditions() {}

  static List<String> of(Recipient recipient, int index) {
    Subscription subscription = recipient.subscriptions().get(index);
    List<String> words = new ArrayList<>();
    subscription.id().ifPresent(id -> words.add("the id is " + id));
    if (!subscription.changed().isEmpty()) {
      words.add(
          "one of these has changed: " + String.join(", ", new TreeSet<>(subscription.changed())));
    }
    new TreeMap<>(subscription.becomes())
        .forEach((name, values) ->
            words.add(name + " becomes " + String.join(" or ", new TreeSet<>(values))));
    subscription.when().ifPresent(condition -> words.add(condition + " holds"));
    if (!recipient.notFrom().isEmpty()) {
      words.add("it was not done by " + String.join(" or ", new TreeSet<>(recipient.notFrom())));
    }
    boolean earlier =
        recipient.subscriptions().subList(0, index).stream()
            .anyMatch(one -> one.entity().equals(subscription.entity()));
    if (earlier) {
      words.add("no subscription before it wants it");
    }
    return words;
  }
}
