package io.rowhook.journal.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.rows.ChangeRecorder;
import io.rowhook.journal.rows.RowChange;
import io.rowhook.journal.rows.RowCodec;
import io.rowhook.journal.rows.SharedTable;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.JournalFile;
import io.rowhook.journal.sqlite.SchemaMigrations;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.NoteDao;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read is gathered, and the file is at any time as it was at some place of each log. */
class IntakeTest {

  private static final int PARTITIONS = 3;

  @TempDir Path directory;

  /** A log as it was written: of a record without a value the row is gone. */
  private record Written(
      TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, List<String> texts) {

    /** What is left of the first so many. */
    Map<String, String> at(long position) {
      Map<String, String> rows = new TreeMap<>();
      for (int i = 0; i < position; i++) {
        String[] one = texts.get(i).split("=", -1);
        if (one[1].isEmpty()) {
          rows.remove(one[0]);
        } else {
          rows.put(one[0], one[1]);
        }
      }
      return rows;
    }
  }

  private static Written written(int partition, SharedTable notes, Random random) {
    Written log =
        new Written(new TopicPartition("t", partition), new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < 400; i++) {
      String name = partition + "-" + random.nextInt(12);
      String text = random.nextInt(5) == 0 ? "" : "text " + i;
      RowChange row =
          new RowChange(
              notes, List.of(name), text.isEmpty() ? null : Map.of("name", name, "text", text));
      log.records.add(
          new ConsumerRecord<>("t", partition, i, RowCodec.key(row), RowCodec.value(row)));
      log.texts.add(name + "=" + text);
    }
    return log;
  }

  @RepeatedTest(20)
  void theFileIsAlwaysAtOnePlaceOfEachLog(RepetitionInfo repetition) throws Exception {
    long seed = 7_919L * repetition.getCurrentRepetition();
    Random random = new Random(seed);
    Duration patience = Duration.ofMillis(random.nextInt(3));
    try (JournalFile file = open();
        GroupCommitWriter writer = new GroupCommitWriter(file.writer(), file.errors())) {
      ChangeRecorder recorder = ChangeRecorder.on(file.writer());
      SharedTable notes = Objects.requireNonNull(recorder.table("note"));
      List<Written> logs = new ArrayList<>();
      for (int i = 0; i < PARTITIONS; i++) {
        logs.add(written(i, notes, random));
        FollowedLog.begin(file.writer(), logs.get(i).partition, "id", 0);
      }
      writer.start();
      Intake intake = new Intake(recorder, writer, _ -> {}, patience);
      int[] read = new int[PARTITIONS];
      while (logs.stream().anyMatch(log -> read[log.partition.partition()] < log.texts.size())) {
        int one = random.nextInt(PARTITIONS);
        Written log = logs.get(one);
        int to = Math.min(log.texts.size(), read[one] + 1 + random.nextInt(40));
        if (read[one] < to) {
          intake.add(log.partition, log.records.subList(read[one], to), to);
          read[one] = to;
        }
        intake.write(random.nextInt(4) == 0);
        compare(writer, logs, seed);
      }
      while (!intake.isEmpty()) {
        intake.write(true);
      }
      assertThat(positions(writer).values()).as("seed " + seed).containsOnly(400L);
      compare(writer, logs, seed);
    }
  }

  private static void compare(GroupCommitWriter writer, List<Written> logs, long seed)
      throws Exception {
    Map<String, String> expected = new TreeMap<>();
    Map<String, String> found = // in one transaction, as anyone reads it
        writer.write(
            WriteTask.apart(sql -> {
              Map<TopicPartition, Long> positions = FollowedLog.positions(sql);
              logs.forEach(log -> expected.putAll(log.at(Offsets.of(positions, log.partition))));
              return NoteDao.all(sql);
            }));
    assertThat(found).as("seed " + seed).isEqualTo(expected);
  }

  private static Map<TopicPartition, Long> positions(GroupCommitWriter writer) throws Exception {
    return writer.write(WriteTask.apart(FollowedLog::positions));
  }

  private JournalFile open() {
    return JournalFile.open(directory.resolve("journal.db"), SchemaMigrations.CURRENT);
  }

  @Test
  void itWaitsForMoreUnlessSomeoneWaits() throws Exception {
    try (JournalFile file = open();
        GroupCommitWriter writer = new GroupCommitWriter(file.writer(), file.errors())) {
      ChangeRecorder recorder = ChangeRecorder.on(file.writer());
      SharedTable notes = Objects.requireNonNull(recorder.table("note"));
      Written log = written(0, notes, new Random(1));
      FollowedLog.begin(file.writer(), log.partition, "id", 0);
      writer.start();
      Intake intake = new Intake(recorder, writer, _ -> {}, Duration.ofHours(1));
      intake.add(log.partition, log.records.subList(0, 100), 101);
      intake.write(false);
      assertThat(intake.isWriting()).isFalse();
      assertThat(intake.rows())
          .as("of a row only what was read last")
          .isEqualTo(
              log.texts.subList(0, 100).stream()
                  .map(text -> text.substring(0, text.indexOf('=')))
                  .collect(Collectors.toSet())
                  .size());
      assertThat(intake.isWritten(log.partition, 0)).isTrue();
      assertThat(intake.isWritten(log.partition, 1)).isFalse();

      intake.write(true);
      assertThat(intake.isWriting()).isTrue();
      intake.add(log.partition, log.records.subList(100, 200), 200);
      assertThat(intake.isWritten(log.partition, 100)).as("it is under way").isFalse();
      assertThat(positions(writer)).containsEntry(log.partition, 101L);
      intake.write(false);
      assertThat(intake.isWritten(log.partition, 100)).isTrue();
      assertThat(intake.isWritten(log.partition, 101)).isFalse();
    }
  }
}
