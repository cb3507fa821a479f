package io.rowhook.admin.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.base.Finding;
import io.rowhook.capture.SourceComparison;
import io.rowhook.template.TemplateRegistry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UpgradeInspectionTest {

  private static final String OTHER = "postgresql://anna@test:5432/next";

  private static Finding of(String failure) {
    SourceComparison failed =
        new SourceComparison(0, 0, List.of(), List.of(), 0, Map.of(), List.of(failure));
    List<Finding> found =
        new UpgradeInspection(
                failed, OTHER, List.of(), List.of(), new TemplateRegistry.Loaded(Map.of()))
            .findings();
    return found.getFirst();
  }

  /** Two logins are made, and one variable may be meant for either. */
  @Test
  void whichLoginHasFailedIsSaid() {
    String refused =
        ": database.user 'anna' cannot log in to database 'next': the password is wrong";
    assertThat(of(OTHER + refused).mend())
        .startsWith("This is the login of --against: write its password into the URI, or a line");
    assertThat(of("connector-config/source.properties" + refused).mend()).isEmpty();
  }
}
