package io.rowhook.capture.debezium;

import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Lets the one value that {@link OpaqueMessageDecoder} gives through the engine as it is: no copy,
 * whatever {@code binary.handling.mode} says. Debezium makes it, by name, so it is public.
 */
public final class MessageConverter implements CustomConverter<SchemaBuilder, RelationalColumn> {

  @Override
  public void configure(Properties properties) {
    // nothing to choose
  }

  @Override
  public void converterFor(
      RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
    registration.register(SchemaBuilder.bytes().optional(), value -> value);
  }
}
