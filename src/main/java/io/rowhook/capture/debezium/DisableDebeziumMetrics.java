package io.rowhook.capture.debezium;

import io.debezium.annotation.ConnectorSpecific;
import io.debezium.config.CommonConnectorConfig;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import io.debezium.pipeline.EventDispatcher;
import io.debezium.pipeline.signal.actions.SignalAction;
import io.debezium.pipeline.signal.actions.SignalActionProvider;
import io.debezium.pipeline.source.spi.DataChangeEventListener;
import io.debezium.pipeline.spi.Partition;
import io.debezium.spi.schema.DataCollectionId;
import java.util.Map;

/**
 * Takes Debezium's own measurements off {@link RowhookConnector}: nobody reads them, and for one of
 * them each change is written out as text (measured: with the thread that it wakes, a tenth of what
 * a change costs). No setting does; but the place where Debezium asks for further signals, of which
 * this has none, is handed the dispatcher, and just after it was told whom to measure for. Debezium
 * makes it, by the name of a service, so it is public. The reader's thread only.
 */
@ConnectorSpecific(connector = RowhookConnector.class)
public final class DisableDebeziumMetrics implements SignalActionProvider {

  @Override
  public <P extends Partition> Map<String, SignalAction<P>> createActions(
      EventDispatcher<P, ? extends DataCollectionId> dispatcher,
      ChangeEventSourceCoordinator<P, ?> coordinator,
      CommonConnectorConfig config) {
    dispatcher.setEventListener(DataChangeEventListener.NO_OP());
    return Map.of();
  }
}
