package io.rowhook.settings.yaml;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * Which comments of a file may be shown: not one beside a secret, since people keep the one before
 * there, and nothing else that looks like one. Beside it is on its lines, on those of the keys
 * above it, and right before or after these. Immutable.
 */
final class CommentMask {

  private final List<Integer> lineStarts = new ArrayList<>(List.of(0));
  private final BitSet hidden = new BitSet();

  /** A part of the text, in characters. */
  record Range(int from, int to) {}

  /**
   * @param secrets values that are secret, and the keys on the way to them
   * @param comments all there are, in order
   */
  CommentMask(String text, List<Range> secrets, List<Range> comments) {
    for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      lineStarts.add(at + 1);
    }
    for (Range secret : secrets) {
      int length = text.substring(secret.from(), secret.to()).stripTrailing().length();
      hidden.set(line(secret.from()), line(secret.from() + length) + 1);
    }
    List<Integer> alone =
        comments.stream()
            .filter(one -> text.substring(lineStarts.get(line(one.from())), one.from()).isBlank())
            .map(one -> line(one.from()))
            .toList();
    for (int line : alone) {
      if (line > 0 && hidden.get(line - 1)) {
        hidden.set(line);
      }
    }
    for (int line : alone.reversed()) {
      if (hidden.get(line + 1)) {
        hidden.set(line);
      }
    }
  }

  /** What may be shown of a comment that begins at a place. */
  String shown(int from, String comment) {
    boolean isEmpty = comment.substring(1).isBlank();
    return hidden.get(line(from)) && !isEmpty
        ? "# " + SecretMask.MASK
        : SecretMask.comment(comment);
  }

  private int line(int offset) {
    int found = Collections.binarySearch(lineStarts, offset);
    return found >= 0 ? found : -found - 2;
  }
}
