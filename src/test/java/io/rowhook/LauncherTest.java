package io.rowhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.RowhookProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script, on machines with all, some and no JDKs. */
class LauncherTest {

  @TempDir Path temp;
  private Path launcher = Path.of("");
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void installOnAMachineOfOurOwn() throws IOException {
    temp = temp.toRealPath();
    // The same script, but its fixed places are inside the temporary directory.
    String script =
        Files.readString(Path.of("src/main/launcher/rowhook"))
            .replaceAll(" (/(?:usr|opt|Library)/\\S*\\*)", " " + temp + "$1");
    launcher = executable(temp.resolve("rowhook/bin/rowhook"), script);
    environment.put("PATH", temp.resolve("path").toString());
    environment.put("HOME", temp.resolve("home").toString());
  }

  @Test
  void saysWhatItLookedAtWhenThereIsNone() throws Exception {
    Result result = start();
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output())
        .isEqualTo(
            """
            rowhook: no JDK 25 or newer was found. Looked at:
              JAVA_HOME, the PATH, /usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks: no Java there
            Install one, for example from https://adoptium.net (Temurin 25), or say where it is:
              ROWHOOK_JAVA=/path/to/jdk-25 rowhook ...
            """);
  }

  @Test
  void saysWhichOnesAreTooOld() throws Exception {
    Path old = jdk("usr/lib/jvm/java-17", "17.0.15");
    Path older = jdk("home/.jdks/temurin-8", "1.8.0_402");
    environment.put("JAVA_HOME", temp.resolve("gone").toString());
    Result result = start();
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output())
        .contains(
            "rowhook: no JDK 25 or newer was found. Looked at:\n"
                + "  "
                + temp.resolve("gone/bin/java")
                + ": no Java there\n"
                + "  "
                + old.resolve("bin/java")
                + ": Java 17\n"
                + "  "
                + older.resolve("bin/java")
                + ": Java 1\n");
  }

  @Test
  void passesByAnOldJavaHomeAndAnOldJavaOnThePath() throws Exception {
    environment.put("JAVA_HOME", jdk("home/old", "17.0.15").toString());
    Files.createDirectories(temp.resolve("path"));
    Files.createSymbolicLink(
        temp.resolve("path/java"), jdk("usr/lib/jvm/java-21", "21.0.2").resolve("bin/java"));
    Path good = jdk("usr/lib/jvm/temurin-25", "25.0.1");
    assertThat(start("run", "--help").output()).startsWith(good + "\n");
  }

  @Test
  void takesJavaHomeFirstWhenItIsNewEnough() throws Exception {
    jdk("usr/lib/jvm/temurin-25", "25.0.1");
    Path newer = jdk("home/newer", "26-ea");
    environment.put("JAVA_HOME", newer.toString());
    assertThat(start().output()).startsWith(newer + "\n");
  }

  @Test
  void takesTheNamedOneOrNone() throws Exception {
    jdk("usr/lib/jvm/temurin-25", "25.0.1");
    Path named = jdk("opt/jdk-25", "25");
    environment.put("ROWHOOK_JAVA", named.toString());
    assertThat(start().output()).startsWith(named + "\n");
    environment.put("ROWHOOK_JAVA", named.resolve("bin/java").toString());
    assertThat(start().output()).startsWith(named + "\n");
    Path old = jdk("opt/jdk-17", "17");
    environment.put("ROWHOOK_JAVA", old.toString());
    assertThat(start().status()).isEqualTo(1);
  }

  @Test
  void findsThemWhereTheirInstallersPutThem() throws Exception {
    for (String place :
        List.of("opt/jdk", "home/.sdkman/candidates/java/25.0.1-tem", "home/.jdks/openjdk-25")) {
      Path jdk = jdk(place, "25.0.1");
      assertThat(start().output()).startsWith(jdk + "\n");
      Files.delete(jdk.resolve("bin/java"));
    }
  }

  @Test
  void asksAJavaThatHasNoReleaseFile() throws Exception {
    Path jdk = jdk("opt/jdk", "25.0.1");
    Files.delete(jdk.resolve("release"));
    assertThat(start().output()).startsWith(jdk + "\n");
  }

  @Test
  void handsOnArgumentsAndOptionsAsTheyAre() throws Exception {
    jdk("opt/jdk", "25.0.1");
    environment.put("JAVA_OPTS", "-Xmx200m -Da=b");
    assertThat(start("run", "--config", "a b", "").output().lines())
        .contains("-XX:+ExitOnOutOfMemoryError", "-Xmx200m", "-Da=b")
        .containsSequence("-cp", temp + "/rowhook/lib/*", "io.rowhook.Main")
        .endsWith("io.rowhook.Main", "run", "--config", "a b", "");
  }

  @Test
  void startsAsTheTestsDo() throws Exception {
    jdk("opt/jdk", "25.0.1");
    assertThat(start("run").output().lines()).containsSubsequence(RowhookProcess.LAUNCHERS);
  }

  /** A heap that is to begin larger than another option lets it be keeps Java from starting. */
  @Test
  void leavesTheHeapToWhoeverSetsIt() throws Exception {
    jdk("opt/jdk", "25.0.1");
    assertThat(start("run").output().lines()).contains("-Xms48m", "-Xmn32m");
    environment.put("JAVA_OPTS", "-Da=b");
    assertThat(start("run").output().lines()).contains("-Xms48m", "-Xmn32m");
    for (String own : List.of("-Xmx32m", "-Da=b -Xmx32m", "-XX:MaxRAMPercentage=45")) {
      environment.put("JAVA_OPTS", own);
      assertThat(start("run").output().lines()).doesNotContain("-Xms48m", "-Xmn32m");
    }
  }

  @Test
  void saysWhereTheUnpackedSqliteIs() throws Exception {
    jdk("opt/jdk", "25.0.1");
    environment.put("PATH", "/usr/bin:/bin");
    assertThat(start().output()).doesNotContain("sqlite");
    Path unpacked =
        Files.createDirectories(
            temp.resolve("rowhook/native/org/sqlite/native/Linux/" + architecture()));
    assertThat(start().output().lines()).contains("-Dorg.sqlite.lib.path=" + unpacked);
  }

  @Test
  void keepsWhatWasLoadedForTheNextStartWhereItMay() throws Exception {
    jdk("opt/jdk", "25.0.1");
    assertThat(start("run").output()).doesNotContain("SharedArchive"); // no mkdir on the PATH
    environment.put("PATH", "/usr/bin:/bin");
    Path cache = temp.resolve("rowhook/cache");
    assertThat(start("run").output().lines())
        .contains("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + cache + "/run.jsa");
    assertThat(start("status").output().lines())
        .contains("-XX:SharedArchiveFile=" + cache + "/command.jsa");
    Path other = Files.createDirectories(temp.resolve("other place"));
    environment.put("ROWHOOK_CACHE", other.toString());
    assertThat(start("run").output().lines())
        .contains("-XX:SharedArchiveFile=" + other + "/run.jsa");
    environment.put("ROWHOOK_CACHE", "/proc/version/cache");
    assertThat(start("run").output()).doesNotContain("SharedArchive");
  }

  @Test
  void theLogIsForAProgramWhereThereIsNoTerminal() throws Exception {
    Path home = jdk("home/new", "25.0.1");
    executable(home.resolve("bin/java"), "#!/bin/sh\necho \"$ROWHOOK_LOG_FORMAT\"\n");
    environment.put("JAVA_HOME", home.toString());
    assertThat(start("run").output()).isEqualTo("json\n");
    environment.put("ROWHOOK_LOG_FORMAT", "plain");
    assertThat(start("run").output()).isEqualTo("plain\n");
  }

  /** The archive that a first command leaves is what the next one starts from. */
  @Test
  void startsFromWhatTheLastOneLeft() throws Exception {
    Path lib = Files.createDirectories(temp.resolve("rowhook/lib"));
    for (String entry :
        System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
      if (entry.endsWith(".jar")) {
        Files.copy(Path.of(entry), lib.resolve(Path.of(entry).getFileName()));
      }
    }
    io.rowhook.testing.Jars.of(Path.of("target/classes").toString(), lib);
    environment.put("ROWHOOK_JAVA", System.getProperty("java.home"));
    environment.put("PATH", "/usr/bin:/bin");
    assertThat(start("status", "--help").status()).isZero();
    assertThat(temp.resolve("rowhook/cache/command.jsa")).isNotEmptyFile();
    environment.put("JAVA_OPTS", "-Xlog:class+load");
    Result next = start("status", "--help");
    assertThat(next.output())
        .containsPattern("io.rowhook.Main source: shared objects file \\(top\\)");
    environment.put("JAVA_OPTS", "");
    assertThat(start("status", "--help").output()).startsWith("Usage: rowhook status");
  }

  /** As uname has it, and SQLite's driver too. */
  private static String architecture() {
    String name = System.getProperty("os.arch");
    return name.equals("amd64") ? "x86_64" : name;
  }

  @Test
  void knowsWhereItIsOverALink() throws Exception {
    jdk("opt/jdk", "25.0.1");
    Path link = Files.createSymbolicLink(temp.resolve("link"), launcher);
    launcher = link;
    environment.put("PATH", "/usr/bin:/bin");
    assertThat(start().output().lines()).contains(temp + "/rowhook/lib/*");
  }

  @Test
  void findsAJdkOnThisMachine() throws Exception {
    launcher = Path.of("src/main/launcher/rowhook").toAbsolutePath();
    environment.putAll(System.getenv());
    environment.put("ROWHOOK_CACHE", temp.resolve("cache").toString());
    environment.put("JAVA_OPTS", "-version");
    assertThat(start().output()).containsPattern("version \"(2[5-9]|[3-9]\\d)");
  }

  private record Result(int status, String output) {}

  private Result start(String... arguments) throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Result(process.waitFor(), output);
  }

  /** A JDK whose java prints where it is and what it was given, a line each. */
  private Path jdk(String place, String version) throws IOException {
    Path home = temp.resolve(place);
    executable(
        home.resolve("bin/java"),
        """
        #!/bin/sh
        case $1 in
          -version) echo 'openjdk version "%s" 2025-10-21' >&2; exit ;;
        esac
        echo %s
        for argument; do printf '%%s\\n' "$argument"; done
        """
            .formatted(version, home));
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private static Path executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
