package io.rowhook.journal;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * An instance of Rowhook that has a share of the work.
 *
 * @param name tells it from others
 * @param api where others reach its API; empty: nowhere
 * @param since when it took this share
 */
public record Instance(String name, Optional<URI> api, Instant since) {}
