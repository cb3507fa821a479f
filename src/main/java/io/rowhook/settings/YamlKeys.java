package io.rowhook.settings;

import java.util.List;

/**
 * The keys that a mapping may have. The JSON Schemas that ship with the product are held to these
 * by a test.
 *
 * @param required must be there
 * @param optional may be there
 * @param later documented, and not in this version yet: refused, since ignoring them would break
 *     what they promise
 */
record YamlKeys(List<String> required, List<String> optional, List<String> later) {

  YamlKeys {
    required = List.copyOf(required);
    optional = List.copyOf(optional);
    later = List.copyOf(later);
  }

  static YamlKeys of(List<String> required, List<String> optional) {
    return new YamlKeys(required, optional, List.of());
  }

  List<String> known() {
    return java.util.stream.Stream.concat(required.stream(), optional.stream()).toList();
  }
}
