package io.rowhook.settings;

import java.util.List;

/**
 * The keys that a mapping may have. The JSON Schemas that ship with the product are held to these
 * by a test.
 *
 * @param required must be there
 * @param optional may be there
 */
record YamlKeys(List<String> required, List<String> optional) {

  YamlKeys {
    required = List.copyOf(required);
    optional = List.copyOf(optional);
  }

  List<String> known() {
    return java.util.stream.Stream.concat(required.stream(), optional.stream()).toList();
  }
}
