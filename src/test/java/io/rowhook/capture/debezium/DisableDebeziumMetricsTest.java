package io.rowhook.capture.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Rig;
import io.rowhook.testing.SourceDatabase;
import java.lang.management.ManagementFactory;
import java.util.Set;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** A new Debezium that asks for signals at another time, or for none, is noticed here. */
final class DisableDebeziumMetricsTest {

  @Test
  void debeziumMeasuresNoChange() throws Exception {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    try (SourceDatabase database = SourceDatabase.start();
        Rig rig = new Rig(database, "unmeasured", "public.article")) {
      database.execute("CREATE TABLE article (id int PRIMARY KEY)");
      rig.start();
      database.execute("INSERT INTO article SELECT generate_series(1, 10)");
      rig.awaitRows(10);

      Set<ObjectName> streaming =
          beans.queryNames(new ObjectName("debezium.postgres:context=streaming,*"), null);
      assertThat(streaming).as("what Debezium says of itself").hasSize(1);
      ObjectName bean = streaming.iterator().next();
      assertThat(beans.getAttribute(bean, "Connected")).isEqualTo(true);
      assertThat(beans.getAttribute(bean, "TotalNumberOfEventsSeen")).isEqualTo(0L);
      assertThat(beans.getAttribute(bean, "LastEvent")).isNull();
    }
  }
}
