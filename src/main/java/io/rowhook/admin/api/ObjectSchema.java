package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.DidYouMean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An object.
 *
 * @param members in the order of the document
 * @param closed whether others are refused
 */
public record ObjectSchema(List<Member> members, boolean closed) implements Schema {

  /**
   * One member.
   *
   * @param required whether it must be there
   */
  public record Member(String name, Schema schema, boolean required) {}

  public ObjectSchema {
    members = List.copyOf(members);
  }

  /** The same with a member that must be there. */
  public ObjectSchema must(String name, Schema schema) {
    return with(new Member(name, schema, true));
  }

  /** The same with a member that may be left out. */
  public ObjectSchema may(String name, Schema schema) {
    return with(new Member(name, schema, false));
  }

  /** The same with the members of another. */
  public ObjectSchema and(ObjectSchema other) {
    List<Member> more = new ArrayList<>(members);
    more.addAll(other.members);
    return new ObjectSchema(more, closed);
  }

  private ObjectSchema with(Member member) {
    List<Member> more = new ArrayList<>(members);
    more.add(member);
    return new ObjectSchema(more, closed);
  }

  List<String> names() {
    return members.stream().map(Member::name).toList();
  }

  @Override
  public ObjectNode json(Map<String, ObjectNode> components) {
    ObjectNode json = Schemas.type("object");
    ObjectNode properties = json.putObject("properties");
    members.forEach(one -> properties.set(one.name, one.schema.json(components)));
    List<String> required = members.stream().filter(Member::required).map(Member::name).toList();
    if (!required.isEmpty()) {
      required.forEach(json.putArray("required")::add);
    }
    return closed ? json.put("additionalProperties", false) : json;
  }

  @Override
  public void check(JsonNode value, String place, List<FieldError> wrong) {
    if (!value.isObject()) {
      Schemas.wrong(wrong, place, "an object", value);
      return;
    }
    for (Member member : members) {
      JsonNode one = value.get(member.name);
      if (one != null) {
        member.schema.check(one, FieldError.inside(place, member.name), wrong);
      } else if (member.required) {
        wrong.add(new FieldError(FieldError.inside(place, member.name), "is missing"));
      }
    }
    List<String> names = names();
    value
        .fieldNames()
        .forEachRemaining(name -> {
          if (closed && !names.contains(name)) {
            wrong.add(
                new FieldError(
                    FieldError.inside(place, name),
                    names.isEmpty()
                        ? "is not known: there are no fields here"
                        : "is not known. " + DidYouMean.advice(name, names, "There are")));
          }
        });
  }
}
