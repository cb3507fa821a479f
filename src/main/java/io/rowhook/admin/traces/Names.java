package io.rowhook.admin.traces;

import io.opentelemetry.api.common.AttributeKey;

/**
 * The names of attributes: by OpenTelemetry's semantic conventions where these have one, else
 * Rowhook's own.
 */
final class Names {

  static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
  static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  static final AttributeKey<Long> RESENT = AttributeKey.longKey("http.request.resend_count");
  static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
  static final AttributeKey<String> URL = AttributeKey.stringKey("url.full");
  static final AttributeKey<String> HOST = AttributeKey.stringKey("server.address");
  static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");

  static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
  static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.name");
  static final AttributeKey<String> OPERATION_TYPE =
      AttributeKey.stringKey("messaging.operation.type");
  static final AttributeKey<String> TO = AttributeKey.stringKey("messaging.destination.name");
  static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("messaging.message.id");
  static final AttributeKey<Long> BATCH = AttributeKey.longKey("messaging.batch.message_count");

  static final AttributeKey<String> ENTITY = AttributeKey.stringKey("rowhook.entity");
  static final AttributeKey<String> EVENT = AttributeKey.stringKey("rowhook.event");
  static final AttributeKey<String> RECIPIENT = AttributeKey.stringKey("rowhook.recipient");
  static final AttributeKey<Long> SEQUENCE = AttributeKey.longKey("rowhook.sequence");
  static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("rowhook.attempt");
  static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("rowhook.attempts");
  static final AttributeKey<Long> REDELIVERY = AttributeKey.longKey("rowhook.redelivery");
  static final AttributeKey<String> REQUEST = AttributeKey.stringKey("rowhook.request.id");
  static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("rowhook.outcome");
  static final AttributeKey<String> NEXT = AttributeKey.stringKey("rowhook.next_attempt");

  private Names() {}
}
