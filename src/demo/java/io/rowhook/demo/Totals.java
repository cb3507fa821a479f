package io.rowhook.demo;

import io.rowhook.admin.receive.VerificationResult;
import io.rowhook.demo.Step.Awaited;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Keeps account of the whole story: what was expected, what came, and everything that was not
 * right.
 */
final class Totals {

  private final List<Step> steps = new ArrayList<>();
  private final List<Arrival> arrivals = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();

  /** Takes in a step with what came of it; returns what was not right about it. */
  List<String> add(Step step, List<Arrival> arrived) {
    steps.add(step);
    List<String> wrong = new ArrayList<>();
    Map<Awaited, Integer> counts = Inbox.count(arrived);
    Set<Awaited> all = new TreeSet<>(step.expected().keySet());
    all.addAll(counts.keySet());
    for (Awaited awaited : all) {
      int expected = step.expected().getOrDefault(awaited, 0);
      int came = counts.getOrDefault(awaited, 0);
      if (expected != came) {
        wrong.add(
            "'%s': %s expected %d %s, and got %d"
                .formatted(step.title(), awaited.recipient(), expected, awaited.topic(), came));
      }
    }
    arrived.forEach(arrival -> inspect(arrival, wrong));
    arrivals.addAll(arrived);
    problems.addAll(wrong);
    return wrong;
  }

  void problem(String text) {
    problems.add(text);
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  int expected(String recipient) {
    return steps.stream().mapToInt(step -> step.owedTo(recipient)).sum();
  }

  long delivered(String recipient) {
    return of(recipient).size();
  }

  /** How many were verified; "-" for a recipient that asks for no authentication. */
  String verified(String recipient) {
    List<Arrival> own = of(recipient);
    boolean asks =
        own.stream()
            .anyMatch(arrival ->
                arrival.request().signature() != VerificationResult.ABSENT
                    || arrival.request().basic() != VerificationResult.ABSENT);
    return asks ? Long.toString(own.stream().filter(Arrival::verified).count()) : "-";
  }

  /** From commit to receipt, ascending. */
  List<Duration> times(String recipient) {
    return of(recipient).stream().map(Arrival::sinceCommit).sorted().toList();
  }

  private void inspect(Arrival arrival, List<String> wrong) {
    String what = arrival.recipient() + " " + arrival.topic() + " " + arrival.request().id();
    if (!arrival.verified()) {
      wrong.add(what + ": " + arrival.credentials());
    }
    if (!seen.add(what)) {
      wrong.add(what + " came twice");
    }
    if (arrival.request().header("Rowhook-Committed-At") == null) {
      wrong.add(what + " does not say when it was committed");
    }
  }

  private List<Arrival> of(String recipient) {
    return arrivals.stream().filter(one -> one.recipient().equals(recipient)).toList();
  }
}
