package io.rowhook.demo;

import static io.rowhook.demo.Recipients.MAILING;
import static io.rowhook.demo.Recipients.SHOP;
import static io.rowhook.demo.Recipients.STOCK;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A day in the ERP, and what each recipient has to hear of it: the shop everything, the stock
 * display that an article has changed, the mailing tool new and changed customers.
 */
final class Story {

  private Story() {}

  static List<Step> steps() {
    return List.of(
        new Step(
                "A customer is entered",
                """
                INSERT INTO crm.customer VALUES
                  (4, 'Ada Lindqvist', 'ada@example.com', '+46 8 123 456', true)\
                """)
            .awaits(SHOP, "customer.created")
            .awaits(MAILING, "customer.created")
            .check(
                MAILING,
                "the mailing tool gets it in its own shape",
                body -> body.path("name").asText().equals("Ada Lindqvist") && !body.has("data")),
        new Step(
                "Three cups are sold over the counter: SQL typed into the database, no application",
                "UPDATE article SET stock = stock - 3 WHERE sku = 'CUP-01'")
            .awaits(SHOP, "article.updated")
            .awaits(STOCK, "article.updated")
            .check(
                SHOP,
                "the shop sees stock 37, and that it was 40",
                body ->
                    body.at("/data/stock").asInt() == 37
                        && body.at("/previous/stock").asInt() == 40
                        && changed(body, "[\"stock\"]"))
            .check(
                STOCK,
                "the stock display is told which article, and nothing about it",
                body ->
                    body.toString()
                        .equals(
                            "{\"EntityType\":\"Article\",\"EntityId\":1,\"EntityEvent\":\"Updated\"}")),
        new Step(
                "The customer orders: an order and its lines, in one transaction",
                "BEGIN",
                "INSERT INTO sales.sales_order VALUES (1002, 4, 'open', 43.70, now())",
                """
                INSERT INTO sales.order_line VALUES
                  (1002, 1, 1, 2, 8.90), (1002, 2, 2, 1, 25.90)\
                """,
                "COMMIT")
            .awaits(SHOP, "order.created")
            .check(
                SHOP,
                "the total arrives exact: 43.70",
                body -> body.at("/data/total").asText().equals("43.70"))
            .check(
                SHOP,
                "one webhook: the order, its two lines in order, and who the customer is",
                body ->
                    body.at("/data/lines/0/line_no").asInt() == 1
                        && body.at("/data/lines/1/line_no").asInt() == 2
                        && body.at("/data/lines").size() == 2
                        && body.at("/data/customer/name").asText().equals("Ada Lindqvist")),
        new Step(
                "The customer wants one cup more: only a line is changed",
                "UPDATE sales.order_line SET quantity = 3 WHERE order_id = 1002 AND line_no = 1")
            .awaits(SHOP, "order.updated")
            .check(
                SHOP,
                "the order is updated: its lines have changed, from 2 cups to 3",
                body ->
                    changed(body, "[\"lines\"]")
                        && body.at("/data/lines/0/quantity").asInt() == 3
                        && body.at("/previous/lines/0/quantity").asInt() == 2
                        && body.at("/data/status").asText().equals("open")),
        new Step(
                "The order is packed",
                "UPDATE sales.sales_order SET status = 'packed' WHERE order_id = 1002")
            .awaits(SHOP, "order.updated"),
        new Step(
                "The order is shipped",
                "UPDATE sales.sales_order SET status = 'shipped' WHERE order_id = 1002")
            .awaits(SHOP, "order.updated")
            .check(
                SHOP,
                "from packed to shipped, and nothing else",
                body ->
                    body.at("/previous/status").asText().equals("packed")
                        && body.at("/data/status").asText().equals("shipped")
                        && changed(body, "[\"status\"]")),
        new Step(
                "The customer's phone number is cleared",
                "UPDATE crm.customer SET phone = NULL WHERE customer_id = 4")
            .awaits(SHOP, "customer.updated")
            .awaits(MAILING, "customer.updated")
            .check(SHOP, "it arrives as null at the shop", body -> body.at("/data/phone").isNull())
            .check(
                MAILING,
                "and through the mailing tool's template",
                body -> body.has("phone") && body.get("phone").isNull()),
        new Step("An article is taken off the list", "DELETE FROM article WHERE sku = 'POT-09'")
            .awaits(SHOP, "article.deleted")
            .awaits(STOCK, "article.deleted")
            .check(
                SHOP,
                "the shop gets its last row, not only its id",
                body -> body.at("/data/sku").asText().equals("POT-09")),
        new Step(
                "One article is touched three times in one transaction: one webhook each",
                "BEGIN",
                "UPDATE article SET price = 9.50 WHERE sku = 'CUP-01'",
                "UPDATE article SET stock = stock + 100 WHERE sku = 'CUP-01'",
                "UPDATE article SET name = 'Cup, white, 2nd edition' WHERE sku = 'CUP-01'",
                "COMMIT")
            .awaits(SHOP, "article.updated")
            .awaits(STOCK, "article.updated")
            .check(
                SHOP,
                "with what changed on the whole",
                body ->
                    body.at("/data/price").asText().equals("9.50")
                        && body.at("/data/stock").asInt() == 137
                        && body.at("/previous/stock").asInt() == 37
                        && body.path("changed").size() == 3),
        new Step(
            "Somebody thinks better of it: what is rolled back is not sent",
            "BEGIN",
            "UPDATE crm.customer SET email = 'oops@example.com'",
            "DELETE FROM article",
            "ROLLBACK"),
        new Step(
                "A supplier's list is imported: 50 articles in one statement",
                """
                INSERT INTO article
                  SELECT 1000 + n, 'IMP-' || n, 'Imported article ' || n, 9.99 + n, n
                    FROM generate_series(1, 50) n\
                """)
            .awaits(SHOP, "article.created", 50)
            .awaits(STOCK, "article.created", 50)
            .checkAll(
                SHOP,
                "each is about another article",
                bodies ->
                    bodies.stream().map(body -> body.path("entityId")).distinct().count() == 50));
  }

  private static boolean changed(JsonNode body, String expected) {
    return body.path("changed").toString().equals(expected);
  }
}
