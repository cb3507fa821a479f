package io.rowhook.demo;

import io.rowhook.admin.receive.SignatureVerifier;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.admin.receive.TestReceiver.Settings;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The three recipients that {@code connector-config/recipients} names, as receivers on the
 * loopback; each believes only what is authenticated as that file says.
 */
final class Recipients implements AutoCloseable {

  static final String SHOP = "shop";
  static final String STOCK = "stock";
  static final String MAILING = "mailing";
  static final List<String> NAMES = List.of(SHOP, STOCK, MAILING);

  private final String secret = "whsec_" + Base64.getEncoder().encodeToString(random(32));
  private final String password = HexFormat.of().formatHex(random(12));
  private final TestReceiver shop;
  private final TestReceiver stock;
  private final TestReceiver mailing;

  Recipients(Inbox inbox) throws IOException {
    shop =
        new TestReceiver(
            Settings.DEFAULT.withSignature(SignatureVerifier.standard(secret)),
            request -> inbox.put(new Arrival(SHOP, request)));
    stock = new TestReceiver(Settings.DEFAULT, request -> inbox.put(new Arrival(STOCK, request)));
    mailing =
        new TestReceiver(
            Settings.DEFAULT.withBasic("erp:" + password),
            request -> inbox.put(new Arrival(MAILING, request)));
  }

  /** The variables that the files of the recipients refer to. */
  Map<String, String> environment() {
    return Map.of(
        "SHOP_URL", shopUrl(),
        "SHOP_SECRET", secret,
        "STOCK_URL", stockUrl(),
        "MAILING_URL", mailingUrl(),
        "MAILING_PASSWORD", password);
  }

  String shopUrl() {
    return shop.uri() + "hooks/erp?tenant=1";
  }

  String stockUrl() {
    return stock.uri() + "changed";
  }

  String mailingUrl() {
    return mailing.uri() + "customers";
  }

  static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    new SecureRandom().nextBytes(random);
    return random;
  }

  @Override
  public void close() {
    shop.close();
    stock.close();
    mailing.close();
  }
}
