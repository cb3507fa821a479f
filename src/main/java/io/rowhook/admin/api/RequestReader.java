package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.DidYouMean;
import io.rowhook.base.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds what came against what an {@link Operation} declares, and makes a request of it. Pure. */
public final class RequestReader {

  private static final ObjectReader READER =
      Json.MAPPER
          .reader()
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  private RequestReader() {}

  /** A header's value by its name; null: there is none. */
  @FunctionalInterface
  public interface Headers {
    @Nullable String get(String name);
  }

  /**
   * What came.
   *
   * @param path the values of the path's parameters
   * @param query decoded, in the order in which they came
   * @param headers of the request
   * @param body empty: none
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Raw(
      Map<String, String> path,
      List<Map.Entry<String, String>> query,
      Headers headers,
      byte[] body) {}

  /**
   * Reads it.
   *
   * @throws ApiException with all that is wrong with parameters, else with the body
   */
  public static ApiRequest read(Operation operation, Raw raw, Caller caller) throws ApiException {
    ObjectNode fields = Json.MAPPER.createObjectNode();
    parameters(operation, raw, fields);
    body(operation, raw, fields);
    return new ApiRequest(fields, raw.body, caller);
  }

  private static void parameters(Operation operation, Raw raw, ObjectNode fields)
      throws ApiException {
    List<FieldError> wrong = new ArrayList<>();
    for (Parameter parameter : operation.parameters()) {
      String name = parameter.name();
      JsonNode value =
          switch (parameter.place()) {
            case path -> one(parameter, raw.path.get(name));
            case header -> one(parameter, raw.headers.get(name));
            case query -> query(parameter, raw.query, wrong);
          };
      if (value != null) {
        parameter.schema().check(value, name, wrong);
        fields.set(name, value);
      } else if (parameter.required()) {
        wrong.add(new FieldError(name, "is missing"));
      }
    }
    unknown(operation, raw.query, wrong);
    if (!wrong.isEmpty()) {
      throw new ApiException(
          new Problem(ProblemType.WRONG_PARAMETER, words(wrong), wrong, Map.of()));
    }
  }

  private static @Nullable JsonNode one(Parameter parameter, @Nullable String text) {
    return text == null ? null : parameter.schema().bare().parse(text);
  }

  private static @Nullable JsonNode query(
      Parameter parameter, List<Map.Entry<String, String>> query, List<FieldError> wrong) {
    String name = parameter.name();
    Schema schema = parameter.schema().bare();
    if (schema instanceof Schemas.MapOf) {
      ObjectNode map = Json.MAPPER.createObjectNode();
      query.forEach(one -> {
        String key = key(name, one.getKey());
        if (key != null && map.has(key)) {
          wrong.add(new FieldError(one.getKey(), "stands there twice, and is one value"));
        } else if (key != null) {
          map.put(key, one.getValue());
        }
      });
      return map.isEmpty() ? null : map;
    }
    List<String> values =
        query.stream().filter(one -> one.getKey().equals(name)).map(Map.Entry::getValue).toList();
    if (values.isEmpty()) {
      return null;
    }
    if (schema instanceof Schemas.ListOf list) {
      ArrayNode all = Json.MAPPER.createArrayNode();
      values.forEach(value -> all.add(list.item().bare().parse(value)));
      return all;
    }
    if (values.size() > 1) {
      wrong.add(new FieldError(name, "stands there " + values.size() + " times, and is one value"));
    }
    return schema.parse(values.getFirst());
  }

  /** {@code status} of {@code column[status]}; null where it is another parameter. */
  private static @Nullable String key(String name, String given) {
    return given.startsWith(name + "[") && given.endsWith("]")
        ? given.substring(name.length() + 1, given.length() - 1)
        : null;
  }

  private static void unknown(
      Operation operation, List<Map.Entry<String, String>> query, List<FieldError> wrong) {
    List<Parameter> known =
        operation.parameters().stream()
            .filter(one -> one.place() == Parameter.Place.query)
            .toList();
    List<String> names = known.stream().map(Parameter::name).toList();
    query.stream()
        .map(Map.Entry::getKey)
        .distinct()
        .filter(given ->
            known.stream()
                .noneMatch(one ->
                    one.schema().bare() instanceof Schemas.MapOf
                        ? key(one.name(), given) != null
                        : one.name().equals(given)))
        .forEach(given ->
            wrong.add(
                new FieldError(
                    given,
                    names.isEmpty()
                        ? "is not known: there are no parameters here"
                        : names.contains(given)
                            ? "is written with a key: %s[KEY]=VALUE".formatted(given)
                            : "is not known. " + DidYouMean.advice(given, names, "There are"))));
  }

  private static void body(Operation operation, Raw raw, ObjectNode fields) throws ApiException {
    if (operation.body().isEmpty()) {
      if (raw.body.length > 0) {
        throw new ApiException(
            ProblemType.WRONG_MEDIA_TYPE, "no body is taken here, and there is one");
      }
      return;
    }
    Operation.Body expected = operation.body().get();
    if (raw.body.length == 0 && !expected.required()) {
      return;
    }
    String type = contentType(raw.headers.get("Content-Type"));
    if (!type.equals(expected.contentType())) {
      throw new ApiException(
          ProblemType.WRONG_MEDIA_TYPE,
          "the body must be "
              + expected.contentType()
              + " and say so in Content-Type, got: "
              + (type.isEmpty() ? "none" : type));
    }
    if (!expected.contentType().equals(ApiAnswer.JSON)) {
      return;
    }
    JsonNode json = json(raw.body);
    List<FieldError> wrong = new ArrayList<>();
    expected.schema().check(json, FieldError.BODY, wrong);
    if (!wrong.isEmpty()) {
      throw new ApiException(new Problem(ProblemType.WRONG_FIELD, words(wrong), wrong, Map.of()));
    }
    if (json instanceof ObjectNode object) {
      object.properties().forEach(one -> fields.set(one.getKey(), one.getValue()));
    }
  }

  private static JsonNode json(byte[] body) throws ApiException {
    try {
      JsonNode json = READER.readTree(body);
      return json == null || json.isMissingNode() ? JsonNodeFactory.instance.nullNode() : json;
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      var place = e.getLocation();
      throw new ApiException(
          ProblemType.MALFORMED,
          "the body is not JSON"
              + (place == null
                  ? ""
                  : ", in line " + place.getLineNr() + ", column " + place.getColumnNr()));
    } catch (IOException | ArithmeticException | NumberFormatException e) {
      throw new ApiException(ProblemType.MALFORMED, "the body is not JSON in UTF-8");
    }
  }

  private static String contentType(@Nullable String header) {
    return header == null ? "" : header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  private static String words(List<FieldError> wrong) {
    FieldError first = wrong.getFirst();
    return first.place()
        + " "
        + first.detail()
        + (wrong.size() == 1 ? "" : "; and " + (wrong.size() - 1) + " more");
  }
}
