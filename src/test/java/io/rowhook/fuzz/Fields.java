package io.rowhook.fuzz;

import java.util.Map;
import java.util.Set;

/**
 * An object.
 *
 * @param fields what has to be in it
 * @param optional names of those that may be missing
 */
record Fields(Map<String, Json> fields, Set<String> optional) implements Json {

  @Override
  public boolean allows(Json actual) {
    if (!(actual instanceof Json.Mapping(Map<String, Json> others))
        || !fields.keySet().containsAll(others.keySet())) {
      return false;
    }
    for (var field : fields.entrySet()) {
      Json other = others.get(field.getKey());
      if (other == null ? !optional.contains(field.getKey()) : !field.getValue().allows(other)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return new Json.Mapping(fields) + (optional.isEmpty() ? "" : " perhaps without " + optional);
  }
}
