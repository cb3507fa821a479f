package io.rowhook.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import io.rowhook.template.jslt.JsltTemplate;
import io.rowhook.testing.Eventually;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a template that does not end may cost. */
@Tag("feature-13")
@Timeout(60)
class TemplateExecutorTest {

  /** The SHA-256 of abc, by FIPS 180-2. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  private static final Duration LIMIT = Duration.ofMillis(100);

  private final AtomicBoolean goOn = new AtomicBoolean(true);

  /** As a template that does not end: it cannot be stopped, and costs processor time. */
  private String spin() {
    long n = 0;
    while (goOn.get()) {
      n++;
    }
    return "spun " + (n > 0);
  }

  @Test
  void oneThatOverrunsIsQuarantinedAndTheOthersGoOn() throws Exception {
    TemplateExecutor executor = new TemplateExecutor(LIMIT, 2, "");
    try {
      assertThatThrownBy(() -> executor.run("a", "a.jslt", this::spin))
          .isInstanceOf(TemplateException.class)
          .hasMessage("a.jslt: it ran for longer than 100 ms, and is in quarantine now");
      AtomicBoolean ran = new AtomicBoolean();
      assertThatThrownBy(() -> executor.run("a", "a.jslt", () -> ran.getAndSet(true)))
          .hasMessageStartingWith("a.jslt is in quarantine since ")
          .hasMessageEndingWith(
              ", because it ran for longer than 100 ms. Edit it, then rowhook replay --failed");
      assertThat(ran).isFalse();
      for (int i = 0; i < 10; i++) {
        assertThat(executor.run("b", "b.jslt", () -> "fine")).isEqualTo("fine");
      }
      executor.releaseQuarantined(one -> one.key().equals("a"));
      assertThat(executor.run("a", "a.jslt", () -> "mended")).isEqualTo("mended");
    } finally {
      goOn.set(false);
    }
  }

  @Test
  void noMoreThreadsRunThanTheLimitAndOneSetHasHalfOfThem() throws Exception {
    TemplateExecutor executor = new TemplateExecutor(Duration.ofSeconds(30), 2, "");
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Set<String> ends = Collections.synchronizedSet(ConcurrentHashMap.newKeySet());
    for (int i = 0; i < 20; i++) {
      String key = i < 10 ? "slow" : "slow-" + i % 3;
      String end = key + i;
      Thread.startVirtualThread(() -> {
        try {
          ends.add(
              executor.run(
                  key,
                  key,
                  () -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    release.await();
                    running.decrementAndGet();
                    return end;
                  }));
        } catch (TemplateException e) {
          throw new IllegalStateException(e);
        }
      });
    }
    Eventually.within(Duration.ofSeconds(20), "all threads are busy", () -> running.get() == 4);
    release.countDown();
    Eventually.within(Duration.ofSeconds(20), "all came to an end", () -> ends.size() == 20);
    assertThat(most).hasValue(4);
  }

  @Test
  void oneSetAloneLeavesRoomForTheOthers() throws Exception {
    TemplateExecutor executor = new TemplateExecutor(Duration.ofSeconds(30), 2, "");
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger running = new AtomicInteger();
    executor.run("slow", "slow", () -> "quick once");
    for (int i = 0; i < 10; i++) {
      Thread.startVirtualThread(() -> {
        try {
          executor.run(
              "slow",
              "slow",
              () -> {
                running.incrementAndGet();
                return release.await(30, TimeUnit.SECONDS);
              });
        } catch (TemplateException e) {
          throw new IllegalStateException(e);
        }
      });
    }
    Eventually.within(Duration.ofSeconds(20), "it has its share", () -> running.get() == 2);
    assertThat(executor.run("quick", "quick", () -> running.get())).isEqualTo(2);
    release.countDown();
  }

  /** Eight bad ones on two cores took all sixteen, and no template ran any more. */
  @Test
  void oneThatNeverEndsCostsOneThread() throws Exception {
    TemplateExecutor executor = new TemplateExecutor(LIMIT, 4, "");
    CountDownLatch ended = new CountDownLatch(4);
    AtomicInteger spinning = new AtomicInteger();
    try {
      for (int i = 0; i < 4; i++) {
        Thread.startVirtualThread(() -> {
          try {
            executor.run(
                "bad",
                "bad.jslt",
                () -> {
                  spinning.incrementAndGet();
                  return spin();
                });
          } catch (TemplateException e) {
            ended.countDown();
          }
        });
      }
      assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(spinning).hasValue(1);
    } finally {
      goOn.set(false);
    }
  }

  /** An expression that goes back and forth for ever is ended, and its thread is free again. */
  @Test
  void aSlowRegularExpressionIsEnded() throws Exception {
    TemplateExecutor executor = new TemplateExecutor(LIMIT, 2, "");
    for (String call :
        List.of(
            "test(., \".*.*.*.*.*.*.*.*.*.*X\")",
            "capture(., \"(?<x>.*.*.*.*.*.*.*.*.*.*X)\")",
            "split(., \".*.*.*.*.*.*.*.*.*.*X\")",
            "replace(., \".*.*.*.*.*.*.*.*.*.*X\", \"x\")",
            "{ \"x\" : [for ([1, 2, 3]) test($text, \".*.*.*.*.*.*.*.*.*.*X\")] }")) {
      var expression =
          JsltTemplate.compile("bad.jslt", Map.of("bad.jslt", "let text = string(.)\n" + call))
              .expression();
      CountDownLatch gone = new CountDownLatch(1);
      assertThatThrownBy(() ->
              executor.run(
                  call,
                  "bad.jslt",
                  () -> {
                    try {
                      return expression.apply(new TextNode("a".repeat(60)));
                    } finally {
                      gone.countDown();
                    }
                  }))
          .hasMessage("bad.jslt: it ran for longer than 100 ms, and is in quarantine now");
      assertThat(gone.await(30, TimeUnit.SECONDS)).as(call).isTrue();
    }
  }

  /** JSLT has one digest for all threads. */
  @Test
  void hashesOfSeveralThreadsAreRight() throws Exception {
    var expression =
        JsltTemplate.compile("hash.jslt", Map.of("hash.jslt", "sha256-hex(.)")).expression();
    List<Callable<String>> calls =
        Collections.nCopies(
            4,
            () -> {
              String got = "";
              for (int i = 0; i < 20_000 && (i == 0 || got.equals(ABC)); i++) {
                got = expression.apply(new TextNode("abc")).asText();
              }
              return got;
            });
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (Future<String> one : threads.invokeAll(calls)) {
        assertThat(one.get()).isEqualTo(ABC);
      }
    }
  }

  @Test
  void whatNeverEndsIsBounded() throws Exception {
    TemplateExecutor executor = new TemplateExecutor(LIMIT, 2, "");
    try {
      for (int i = 0; i < TemplateExecutor.MOST_LOST; i++) {
        String key = "endless-" + i;
        assertThatThrownBy(() -> executor.run(key, key, this::spin))
            .isInstanceOf(TemplateException.class);
      }
      assertThatThrownBy(() -> executor.run("good", "good.jslt", () -> "fine"))
          .hasMessage(
              "good.jslt: no template is run any more, since 16 are running without an end. Mend"
                  + " them and restart Rowhook");
    } finally {
      goOn.set(false);
    }
    Eventually.within(
        Duration.ofSeconds(20),
        "those that end after all make room",
        () -> {
          try {
            return executor.run("good", "good.jslt", () -> "fine").equals("fine");
          } catch (TemplateException e) {
            return false;
          }
        });
  }

  @Test
  void whoWaitsForTheMachineIsNotAtFault() throws Exception {
    TemplateExecutor executor = new TemplateExecutor(Duration.ofMillis(100), 2, "");
    assertThat(
            executor.run(
                "idle",
                "idle",
                () -> {
                  Thread.sleep(350); // costs no processor time
                  return "late";
                }))
        .isEqualTo("late");
  }
}
