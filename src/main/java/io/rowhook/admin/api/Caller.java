package io.rowhook.admin.api;

/**
 * Who asks.
 *
 * @param name how it was told who it is: {@code operate token}, {@code local commands}
 * @param address where from; a host's address, or {@code unix}
 * @param right what it may
 */
public record Caller(String name, String address, Right right) {}
