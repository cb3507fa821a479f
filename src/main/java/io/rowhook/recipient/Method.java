package io.rowhook.recipient;

/** The method of a request that carries a body. */
public enum Method {
  POST,
  PUT,
  PATCH,
  DELETE
}
