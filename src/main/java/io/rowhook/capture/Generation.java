package io.rowhook.capture;

import java.util.List;

/**
 * What is captured and who is given it, as one: an engine runs with a single generation from its
 * start to its end, so that the tables that are read and the sink that maps their rows always
 * belong together. Immutable.
 *
 * @param tables each once
 * @param sink maps exactly these tables; no other thread uses it, and no other generation
 */
public record Generation(List<CapturedTable> tables, ChangeSink sink) {

  public Generation {
    tables = List.copyOf(tables);
  }
}
