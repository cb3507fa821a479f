package io.rowhook.admin.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The plots of several instances in one. */
class HistoryOfAllTest {

  private static ObjectNode history(String json) throws IOException {
    return (ObjectNode) Json.MAPPER.readTree(json);
  }

  @Test
  void stepsOfTheSameTimeAreOne() throws IOException {
    ObjectNode own =
        history(
            """
            {"stepSeconds": 15, "times": [1500, 1515], "published": [4, 8], "delivered": [1, 2],
             "failed": [0, 0], "delayMillis": [null, 5], "waiting": [1, 2], "lagBytes": [7, 9],
             "recipients": [{"recipient": "shop"}]}
            """);
    HistoryOfAll.add(
        own,
        List.of(
            history(
                """
                {"stepSeconds": 15, "times": [1487, 1503], "published": [0, 0],
                 "delivered": [10, 20], "failed": [0, 3], "delayMillis": [2, null],
                 "waiting": [10, 20], "lagBytes": [null, null], "recipients": [{"recipient": "crm"}]}
                """)));
    assertThat(own)
        .hasToString(
            history(
                    """
                    {"stepSeconds": 15, "times": [1485, 1500, 1515], "published": [0.0, 4.0, 8.0],
                     "delivered": [10.0, 21.0, 2.0], "failed": [0.0, 3.0, 0.0],
                     "delayMillis": [2.0, null, 5.0], "waiting": [10.0, 21.0, 2.0],
                     "lagBytes": [null, 7.0, 9.0],
                     "recipients": [{"recipient": "shop"}, {"recipient": "crm"}]}
                    """)
                .toString());
  }
}
