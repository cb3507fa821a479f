package io.rowhook.journal;

/**
 * What one recipient has settled of the journal: a cursor, an attempt log, and the deliveries that
 * stand on disk. Each user of it sees one of the ports that it joins.
 *
 * <p>Every delivery up to the cursor is delivered, skipped, or stands on disk (Retrying, Blocked,
 * Failed). Above it some may be settled already. Those on disk are few in good times and are
 * indexed for bad ones.
 *
 * <p>Reads see what has been committed, not what is still queued; so whoever needs to read what it
 * wrote waits with {@link #flush}. One thread at a time, the recipient's own.
 */
public interface DeliveryStore
    extends DeliveryCursor,
        PendingDeliveries,
        SupersededDeliveries,
        DeliveryOutcomes,
        Acknowledgements,
        Pauses {}
