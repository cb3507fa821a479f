package io.rowhook.admin.api;

/**
 * The kinds of problem that an answer can tell, as the {@code type} of RFC 9457. The reference
 * lists them; a name, once given, stays.
 */
public enum ProblemType {
  MALFORMED(400, "The request cannot be read"),
  WRONG_PARAMETER(400, "A parameter is wrong"),
  UNAUTHORIZED(401, "A token is needed"),
  FORBIDDEN(403, "This is not allowed"),
  READ_ONLY(403, "The settings cannot be written"),
  NO_SUCH_PATH(404, "There is no such path"),
  NOT_FOUND(404, "There is no such thing"),
  WRONG_METHOD(405, "The path has no such method"),
  CONFLICT(409, "It cannot be done as things are"),
  CHANGED_MEANWHILE(412, "It was changed by somebody else"),
  TOO_LARGE(413, "The body is too large"),
  WRONG_MEDIA_TYPE(415, "The body is of another type"),
  WRONG_HOST(421, "The request is for another host"),
  WRONG_FIELD(422, "A field is wrong"),
  MISSING_PRECONDITION(428, "The request must name the version it changes"),
  TOO_MANY_TOKENS(429, "Too many wrong tokens"),
  FAULT(500, "A fault of Rowhook itself"),
  BUSY(503, "The service is busy"),
  UNAVAILABLE(503, "A part of the service does not answer");

  private static final String PREFIX = "urn:problem-type:rowhook:";

  private final int status;
  private final String title;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /** The answer's status. */
  public int status() {
    return status;
  }

  /** The same words for each of a kind. */
  public String title() {
    return title;
  }

  /** What programs tell the kinds apart by. */
  public String uri() {
    return PREFIX + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /** One that has a status; those of Helidon's own refusals have no other type. */
  public static ProblemType of(int status) {
    for (ProblemType type : values()) {
      if (type.status == status) {
        return type;
      }
    }
    return status < 500 ? MALFORMED : FAULT;
  }
}
