package io.rowhook.admin.catalog;

/** What the headers of a request say, in a line each; {@code docs/receiving.md} says more. */
final class HeaderMeanings {

  private HeaderMeanings() {}

  static String of(String name) {
    return switch (name) {
      case "User-Agent" -> "Rowhook and its version";
      case "Webhook-Id" -> "the event's id, the same on each attempt: ignore what you have";
      case "Webhook-Timestamp" -> "when this attempt was made, in seconds since 1970; it is signed";
      case "Webhook-Signature" -> "signatures of id, timestamp and body, of Standard Webhooks";
      case "Rowhook-Topic" -> "what happened to what";
      case "Rowhook-Entity-Type" -> "the entity";
      case "Rowhook-Entity-Id" -> "the entity's id; percent-encoded where it is not plain ASCII";
      case "Rowhook-Entity-Event" -> "Created, Updated, Deleted or Snapshot";
      case "Rowhook-Attempt" -> "from 1";
      case "Rowhook-Request-Id" -> "another one for each attempt";
      case "Rowhook-Sequence" -> "the event's place in the order of commits";
      case "Rowhook-Redelivery" -> "how often a person has sent it again";
      case "Rowhook-Committed-At" -> "when the transaction was committed";
      case "Rowhook-Complete-To" -> "up to when you have everything";
      case "Rowhook-Batch" -> "how many events there are in it";
      case "Rowhook-Event-Ids" -> "their ids, in order";
      case "Authorization" -> "proves who has sent it";
      default -> "as agreed with this recipient";
    };
  }
}
