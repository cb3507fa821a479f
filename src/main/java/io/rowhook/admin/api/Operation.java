package io.rowhook.admin.api;

import io.rowhook.admin.RunningService;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.settings.SettingsFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that the API does, stated once: the routing, the check of each request and the document
 * of the API are made of it. Immutable.
 *
 * @param method in capitals
 * @param path with a {@code {name}} for each parameter in it
 * @param id by which programs that are made from the document call it
 * @param tag what it is about, one of {@link Operations#TAGS}
 * @param summary in one line, no full stop at the end
 * @param about the rest, in Markdown; may be empty
 * @param right that one needs for it
 * @param answerer which instance can answer it, where several share the journal
 * @param parameters in path, query and headers
 * @param body what is sent along; empty: nothing
 * @param answers each that is no problem
 * @param problems those beside the ones that every operation can answer
 * @param handler does it
 */
public record Operation(
    String method,
    String path,
    String id,
    String tag,
    String summary,
    String about,
    Right right,
    Answerer answerer,
    List<Parameter> parameters,
    Optional<Body> body,
    List<Answer> answers,
    List<ProblemType> problems,
    Handler handler) {

  /** Which instance can answer, where several share the journal. */
  public enum Answerer {
    /** Each. */
    any,
    /** The one that serves the recipient of the parameter {@code recipient}; without one, each. */
    server,
    /** The one that captures. */
    capturing
  }

  /** Does it. Any thread, several at once. */
  @FunctionalInterface
  public interface Handler {

    /**
     * Does it.
     *
     * @throws ApiException with the problem to answer
     * @throws DeliveryAdminException if it cannot be done as things are: a conflict, in words for
     *     whoever asked
     */
    ApiAnswer handle(RunningService service, ApiRequest request)
        throws ApiException, DeliveryAdminException, InterruptedException;
  }

  /**
   * What is sent along.
   *
   * @param contentType of it, without parameters
   * @param required whether an empty one is refused; otherwise it stands for <code>{}</code>
   * @param maxBytes of it; larger ones are not taken
   */
  public record Body(String contentType, Schema schema, boolean required, int maxBytes) {

    /** Of what is no file. */
    public static final int USUAL_BYTES = 256 * 1024;

    /** Of what holds a settings file, as a JSON string or as JSON of the same. */
    public static final int FILE_BYTES = 2 * SettingsFiles.MAX_BYTES;
  }

  /**
   * An answer that is no problem.
   *
   * @param contentType of it; empty: there is no body
   */
  public record Answer(int status, String about, String contentType, Schema schema) {}

  public Operation {
    parameters = List.copyOf(parameters);
    answers = List.copyOf(answers);
    problems = List.copyOf(problems);
  }

  /** Begins one that changes nothing. */
  public static Draft get(String path, String id) {
    return new Draft("GET", path, id);
  }

  public static Draft post(String path, String id) {
    return new Draft("POST", path, id);
  }

  public static Draft put(String path, String id) {
    return new Draft("PUT", path, id);
  }

  public static Draft patch(String path, String id) {
    return new Draft("PATCH", path, id);
  }

  public static Draft delete(String path, String id) {
    return new Draft("DELETE", path, id);
  }

  /** Whether it answers with what happens, for as long as the caller stays. */
  public boolean isFeed() {
    return answers.stream().anyMatch(one -> one.contentType().equals(ApiAnswer.EVENT_STREAM));
  }

  /**
   * The values of a path's parameters, decoded; empty: it is another path.
   *
   * @param segments of the path that was asked for, decoded
   */
  public Optional<Map<String, String>> match(List<String> segments) {
    String[] own = path.substring(1).split("/", -1);
    if (own.length != segments.size()) {
      return Optional.empty();
    }
    Map<String, String> values = new java.util.LinkedHashMap<>();
    for (int i = 0; i < own.length; i++) {
      if (own[i].startsWith("{")) {
        values.put(own[i].substring(1, own[i].length() - 1), segments.get(i));
      } else if (!own[i].equals(segments.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(values);
  }

  /** An operation that is not complete yet. */
  public static final class Draft {

    private final String method;
    private final String path;
    private final String id;
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private final List<ProblemType> problems = new ArrayList<>();
    private String tag = "";
    private String summary = "";
    private String about = "";
    private Right right;
    private Answerer answerer = Answerer.any;
    private Optional<Body> body = Optional.empty();

    private Draft(String method, String path, String id) {
      this.method = method;
      this.path = path;
      this.id = id;
      this.right = method.equals("GET") ? Right.read : Right.operate;
      if (method.equals("POST")) {
        takes(Schema.closed()); // nothing, or an empty object
      }
    }

    /** What it is about, and in one line what it does. */
    public Draft says(String aboutWhat, String inOneLine) {
      tag = aboutWhat;
      summary = inOneLine;
      return this;
    }

    /** The rest, in Markdown. */
    public Draft about(String more) {
      about = more;
      return this;
    }

    /** Other than read to look and operate to change. */
    public Draft needs(Right other) {
      right = other;
      return this;
    }

    /** By another instance than any. */
    public Draft answeredBy(Answerer which) {
      answerer = which;
      return this;
    }

    public Draft with(Parameter... more) {
      parameters.addAll(List.of(more));
      return this;
    }

    /** A JSON object that may be left out. */
    public Draft takes(Schema schema) {
      body = Optional.of(new Body(ApiAnswer.JSON, schema, false, Body.USUAL_BYTES));
      return this;
    }

    /** A JSON object that may not be left out. */
    public Draft requires(Schema schema) {
      body = Optional.of(new Body(ApiAnswer.JSON, schema, true, Body.USUAL_BYTES));
      return this;
    }

    /** The same, which may have settings files in it. */
    public Draft takesFiles(Schema schema) {
      body = Optional.of(new Body(ApiAnswer.JSON, schema, false, Body.FILE_BYTES));
      return this;
    }

    /** A body of a type that has a settings file in it. */
    public Draft takesFile(String contentType, Schema schema) {
      body = Optional.of(new Body(contentType, schema, true, Body.FILE_BYTES));
      return this;
    }

    /** JSON. */
    public Draft answers(int status, String words, Schema schema) {
      return answers(status, words, ApiAnswer.JSON, schema);
    }

    public Draft answers(int status, String words, String contentType, Schema schema) {
      answers.add(new Answer(status, words, contentType, schema));
      return this;
    }

    /** Problems beside those that each operation can answer. */
    public Draft or(ProblemType... types) {
      problems.addAll(List.of(types));
      return this;
    }

    /** Completes it. */
    public Operation by(Handler handler) {
      return new Operation(
          method,
          path,
          id,
          tag,
          summary,
          about,
          right,
          answerer,
          parameters,
          body,
          answers,
          problems,
          handler);
    }
  }
}
