package io.rowhook.admin;

import io.rowhook.capture.CaptureState;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.AttributeSets;
import io.rowhook.webhook.Couriers;
import java.util.List;
import java.util.function.Supplier;

/**
 * What of the running service the {@link Actions} work with.
 *
 * @param recipients those that have a file now
 * @param capture where capture stands
 * @param problems what is wrong with the settings on disk
 */
public record Office(
    SqliteJournal journal,
    AttributeSets attributeSets,
    Couriers couriers,
    SampleSender samples,
    Supplier<List<Recipient>> recipients,
    Supplier<CaptureState> capture,
    Supplier<List<String>> problems) {}
