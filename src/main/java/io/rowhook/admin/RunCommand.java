package io.rowhook.admin;

import io.rowhook.admin.cli.TemplatesOption;
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
   */
  public record Options(
      Path config, Path templates, Optional<Path> journal, boolean acceptGap, boolean standby) {}

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
              + " journaled is not in it. Without it, such a start is refused.")
  private boolean standby;

  private final Service service;

  public RunCommand(Service service) {
    this.service = service;
  }

  @Override
  public Integer call() throws Exception {
    service.run(
        new Options(
            config, templates.directory(), Optional.ofNullable(journal), acceptGap, standby));
    return 0;
  }
}
