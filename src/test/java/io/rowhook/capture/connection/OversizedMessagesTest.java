package io.rowhook.capture.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.postgresql.core.PGStream;
import org.postgresql.core.QueryExecutorBase;
import org.postgresql.core.VisibleBufferedInputStream;

/** Large row changes are cut on their way in, and nothing else is touched. */
final class OversizedMessagesTest {

  private static final int LARGEST = 200_000;

  /** The driver offers no way to this; a new version of it may keep its stream elsewhere. */
  @Test
  void theDriverStillKeepsItsStreamWhereRowhookReplacesIt() throws Exception {
    assertThat(QueryExecutorBase.class.getDeclaredField("pgStream").getType())
        .isEqualTo(PGStream.class);
    assertThat(PGStream.class.getDeclaredField("pgInput").getType())
        .isEqualTo(VisibleBufferedInputStream.class);
  }

  @Test
  void framesPassAsTheyAreAndLargeRowChangesAreCut() throws Exception {
    long seed = System.nanoTime();
    System.out.println("OversizedMessagesTest seed " + seed);
    Random random = new Random(seed);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    for (int i = 0; i < 300; i++) {
      boolean large = random.nextInt(10) == 0;
      byte[] body = new byte[large ? LARGEST + random.nextInt(200_000) : random.nextInt(300)];
      random.nextBytes(body);
      boolean row = random.nextInt(3) > 0;
      if (body.length > 25) {
        body[25] = 'I';
      }
      frame(sent, row ? 'd' : 'D', body, body.length);
      if (row && body.length > LARGEST + 25) {
        body[25] = 'i';
        frame(expected, 'd', body, OversizedMessages.KEPT);
      } else {
        frame(expected, row ? 'd' : 'D', body, body.length);
      }
    }
    InputStream in =
        new OversizedMessages(hesitating(sent.toByteArray(), random), LARGEST, new LargeRowGate());
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    byte[] part = new byte[50_000];
    while (true) {
      try {
        int read = in.read(part, 0, 1 + random.nextInt(part.length));
        if (read < 0) {
          break;
        }
        got.write(part, 0, read);
      } catch (SocketTimeoutException e) {
        // as the driver looks whether something comes
      }
    }
    assertThat(got.toByteArray()).isEqualTo(expected.toByteArray());
  }

  @Test
  void oneLargeRowChangeWaitsForAnother() throws Exception {
    byte[] body = new byte[2 << 20];
    body[25] = 'I';
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    frame(sent, 'd', new byte[30], 30);
    frame(sent, 'd', body, body.length);
    frame(sent, 'd', body, body.length);
    frame(sent, 'd', new byte[30], 30);
    LargeRowGate gate = new LargeRowGate();
    InputStream in =
        new OversizedMessages(new ByteArrayInputStream(sent.toByteArray()), 4 << 20, gate);
    assertThat(in.readNBytes(35 + 5 + body.length)).hasSize(35 + 5 + body.length);
    assertThat(in.available()).isZero();
    assertThatThrownBy(() -> in.read(new byte[9])).isInstanceOf(SocketTimeoutException.class);
    gate.leave(30);
    assertThat(in.available()).isZero();
    gate.leave(body.length - 25);
    assertThat(in.available()).isPositive();
    assertThat(in.readAllBytes()).hasSize(5 + body.length + 35);
  }

  private static void frame(ByteArrayOutputStream to, char type, byte[] body, int length)
      throws IOException {
    DataOutputStream out = new DataOutputStream(to);
    out.writeByte(type);
    out.writeInt(length + 4);
    out.write(body, 0, length);
  }

  /** Gives now a little, now more, and now a time-out. */
  private static InputStream hesitating(byte[] bytes, Random random) {
    return new InputStream() {
      private int at;

      @Override
      public int read() {
        throw new UnsupportedOperationException("one by one");
      }

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        if (random.nextInt(20) == 0) {
          throw new SocketTimeoutException();
        }
        if (at == bytes.length) {
          return -1;
        }
        int most = Math.min(length, bytes.length - at);
        int given = random.nextBoolean() ? most : 1 + random.nextInt(Math.min(9, most));
        System.arraycopy(bytes, at, to, offset, given);
        at += given;
        return given;
      }
    };
  }
}
