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
public record EgressPolicy(boolean http, List<CidrBlock> networks) {

  public static final EgressPolicy NOTHING = new EgressPolicy(false, List.of());

  public EgressPolicy {
    networks = List.copyOf(networks);
  }
}
