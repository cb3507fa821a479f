package io.rowhook.admin.init;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A numbered list in a terminal, of which a person ticks what is wanted. */
public final class TickList {

  private final BufferedReader in;
  private final PrintWriter out;

  public TickList(BufferedReader in, PrintWriter out) {
    this.in = in;
    this.out = out;
  }

  /** The names of those that stay ticked; none: the person has left it. */
  public Set<String> choose(List<Draft.Choice> choices) throws IOException {
    Set<String> ticked = new LinkedHashSet<>();
    choices.forEach(choice -> ticked.add(choice.name()));
    while (true) {
      for (int i = 0; i < choices.size(); i++) {
        Draft.Choice choice = choices.get(i);
        out.printf(
            "%3d [%s] %-24s %-32s %s%n",
            i + 1,
            ticked.contains(choice.name()) ? "x" : " ",
            choice.name(),
            choice.table(),
            choice.why());
      }
      out.print("Numbers to tick or untick (3, 5-9), all, none, q to leave, or Enter to write: ");
      out.flush();
      String answer = in.readLine();
      if (answer == null || answer.strip().equals("q")) {
        return Set.of();
      }
      if (answer.isBlank()) {
        return ticked;
      }
      answer(answer.strip(), choices, ticked);
    }
  }

  private void answer(String answer, List<Draft.Choice> choices, Set<String> ticked) {
    if (answer.equals("all")) {
      choices.forEach(choice -> ticked.add(choice.name()));
      return;
    }
    if (answer.equals("none")) {
      ticked.clear();
      return;
    }
    for (String word : answer.split("[,\\s]+", -1)) {
      String[] ends = word.split("-", 2);
      if (!word.matches("\\d{1,6}(-\\d{1,6})?")) {
        out.println("Not understood: " + word);
        continue;
      }
      int last = Integer.parseInt(ends[ends.length - 1]);
      for (int number = Integer.parseInt(ends[0]); number <= last; number++) {
        if (number < 1 || number > choices.size()) {
          out.println("There is no number " + number);
          break;
        }
        String name = choices.get(number - 1).name();
        if (!ticked.remove(name)) {
          ticked.add(name);
        }
      }
    }
  }
}
