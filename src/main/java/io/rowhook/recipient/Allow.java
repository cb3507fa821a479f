package io.rowhook.recipient;

import java.util.List;

/**
 * What a recipient is allowed that others are not: by default only HTTPS, and only to public
 * addresses.
 *
 * @param http unencrypted requests
 * @param networks loopback, link-local or private networks that its address may be in; held against
 *     the address that is actually connected to
 */
public record Allow(boolean http, List<Network> networks) {

  public static final Allow NOTHING = new Allow(false, List.of());

  public Allow {
    networks = List.copyOf(networks);
  }
}
