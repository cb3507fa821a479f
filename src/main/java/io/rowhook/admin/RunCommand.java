package io.rowhook.admin;

import io.rowhook.admin.cli.TemplatesOption;
import io.rowhook.settings.Settings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rowhook run}: hands what was asked for to the service that the root has wired. */
@Command(
    name = "run",
    description = {
      "The service: reads committed row changes from the source and sends them as webhooks, until"
          + " it is stopped (Ctrl-C, SIGTERM)."
    },
    footer = {
      "",
      "Exit status: 0 after a clean stop, 1 if it could not start or go on (the message says why), 2"
          + " if the command line is wrong."
    },
    mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {

  /**
   * What was asked for.
   *
   * @param config the directory of {@code source.properties}, {@code entities.yaml}, {@code
   *     recipients/} and {@code rowhook.yaml}
   * @param templates the directory of the attribute sets
   * @param journal the journal's file; empty: as {@code rowhook.yaml} says
   * @param acceptGap whether to go on, in a new epoch, where changes may be missing
   * @param standby whether to wait while another Rowhook has the slot
   * @param role what this instance does
   * @param takeOver whether it goes on in the place of the Rowhook that runs on the journal now
   */
  public record Options(
      Path config,
      Path templates,
      Optional<Path> journal,
      boolean acceptGap,
      boolean standby,
      Role role,
      boolean takeOver) {

    /** The same by oneself, in nobody's place. */
    public Options(
        Path config,
        Path templates,
        Optional<Path> journal,
        boolean acceptGap,
        boolean standby,
        Role role) {
      this(config, templates, journal, acceptGap, standby, role, false);
    }

    /**
     * Refuses what these settings are not made for.
     *
     * @throws IllegalArgumentException in words for the user
     */
    public void check(Settings settings) {
      if (role != Role.all && settings.kafka().isEmpty()) {
        throw new IllegalArgumentException(
            "--role "
                + role
                + " needs Kafka behind the journal: without it no other instance has what this one"
                + " captures or delivers. Name the brokers as journal.kafka in rowhook.yaml, or run"
                + " it without --role");
      }
      if (standby && settings.kafka().isPresent()) {
        throw new IllegalArgumentException(
            "--standby is not for a journal in Kafka, which journal.kafka in rowhook.yaml names:"
                + " with Kafka every instance stands by by itself. Run it without --standby");
      }
      if (takeOver && settings.kafka().isPresent()) {
        throw new IllegalArgumentException(
            "--take-over is not for a journal in Kafka, which journal.kafka in rowhook.yaml names:"
                + " with Kafka start the new instance beside the old one, and stop that one then."
                + " Run it without --take-over");
      }
      if (takeOver && standby) {
        throw new IllegalArgumentException(
            "--take-over and --standby exclude each other: to take over is to go on at once, with"
                + " the journal of the Rowhook that runs; to stand by is to wait until it is gone,"
                + " with a journal of one's own");
      }
    }
  }

  /** What an instance does, where several share a journal in Kafka. */
  public enum Role {
    /** It may capture, and it delivers. */
    all,
    /** It may capture, and sends nothing. */
    capture,
    /** It delivers, and never asks for the slot. */
    deliver
  }

  /** The service, as the root wires it. */
  @FunctionalInterface
  public interface Service {

    /**
     * Runs until it is stopped; returns after a clean stop.
     *
     * @throws Exception if it cannot start or go on; the message, in words, is what the user sees
     */
    void run(Options options) throws Exception;
  }

  @Option(
      names = "--config",
      paramLabel = "DIR",
      defaultValue = "${env:ROWHOOK_CONFIG:-connector-config}",
      description = "The settings (default: $ROWHOOK_CONFIG, else connector-config).")
  private Path config = Path.of("connector-config");

  @Mixin private TemplatesOption templates = new TemplatesOption();

  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description = "The journal, instead of the one that rowhook.yaml names.")
  private @Nullable Path journal;

  @Option(
      names = "--accept-gap",
      description =
          "Go on although changes may be missing between the journal and the source's log; Rowhook"
              + " has said which, and stopped, before.")
  private boolean acceptGap;

  @Option(
      names = "--standby",
      description =
          "Where another Rowhook with the same settings has the slot, wait, and take over within"
              + " seconds when it is gone, with a journal of one's own: what the other one had"
              + " journaled is not in it. Without it, such a start is refused. Not with a journal in"
              + " Kafka, where every instance stands by by itself.")
  private boolean standby;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      defaultValue = "all",
      description =
          "What this instance does, where several share a journal in Kafka: capture reads the"
              + " source's changes, or stands by for that, deliver sends webhooks, all does both"
              + " (default: ${DEFAULT-VALUE}).")
  private Role role = Role.all;

  @Option(
      names = "--take-over",
      description =
          "Go on in the place of the Rowhook that runs on this journal, as for a new version: get"
              + " ready beside it, then have it let go of journal and slot and end. What fails"
              + " before that leaves it as it is. Where none runs, it is a start like any other.")
  private boolean takeOver;

  private final Service service;

  public RunCommand(Service service) {
    this.service = service;
  }

  @Override
  public Integer call() throws Exception {
    service.run(
        new Options(
            config,
            templates.directory(),
            Optional.ofNullable(journal),
            acceptGap,
            standby,
            role,
            takeOver));
    return 0;
  }
}
