package io.rowhook.recipient;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which answers mean that the recipient has it, and which that it never will. See {@code
 * docs/receiving.md}, "Answers".
 *
 * @param status of an answer that acknowledges
 * @param when a condition in JSLT that the JSON answer must meet besides; empty: none
 * @param last statuses after which there is no use in trying again ({@code final} in the file)
 */
public record AcknowledgementRule(Set<Integer> status, Optional<String> when, Set<Integer> last) {

  /** Any 2xx, whatever the answer says. */
  public static final AcknowledgementRule ANY_2XX =
      new AcknowledgementRule(
          IntStream.range(200, 300).boxed().collect(Collectors.toSet()),
          Optional.empty(),
          Set.of());

  /** Xena: exactly 200 and {@code {"Success": true}}. */
  public static final AcknowledgementRule XENA =
      new AcknowledgementRule(Set.of(200), Optional.of(".Success == true"), Set.of());

  /** GetResponse: 200, 201 or 202 and {@code {"status": "OK"}}. */
  public static final AcknowledgementRule GETRESPONSE =
      new AcknowledgementRule(Set.of(200, 201, 202), Optional.of(".status == \"OK\""), Set.of());

  public AcknowledgementRule {
    status = Set.copyOf(status);
    last = Set.copyOf(last);
  }
}
