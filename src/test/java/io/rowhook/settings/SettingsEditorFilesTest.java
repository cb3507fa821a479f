package io.rowhook.settings;

import static io.rowhook.settings.EditorRig.SHOP;
import static io.rowhook.settings.EditorRig.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.settings.EditRefusedException.Reason;
import io.rowhook.settings.SettingsEditor.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files are written whole, only where they may be, and nowhere else. */
@Timeout(30)
class SettingsEditorFilesTest {

  @TempDir Path temp;

  private EditorRig rig;
  private SettingsDirectory directory;
  private SettingsEditor editor;

  @BeforeEach
  void edit() throws SettingsException {
    rig = new EditorRig(temp);
    directory = rig.directory;
    editor = rig.editor;
  }

  @AfterEach
  void close() throws InterruptedException {
    rig.close();
  }

  @Test
  void namesDoNotLeadOutOfTheDirectory() throws Exception {
    for (String name :
        List.of(
            "../source", "..", "", "a/b", "Shop", "lib", ".shop", "shop.yaml", "a".repeat(201))) {
      refused(Reason.NAME, () -> editor.create(Kind.recipient, name, SHOP, "api"));
      refused(Reason.NAME, () -> editor.read(Kind.recipient, name));
    }
    for (String name :
        List.of(
            "../a.jslt", "/a.jslt", "a//b.jslt", "a/../b.jslt", "a.txt", ".a.jslt", "a\0.jslt")) {
      refused(Reason.NAME, () -> editor.create(Kind.template, name, ".", "api"));
    }
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.createSymbolicLink(directory.templates().resolve("linked"), outside);
    refused(Reason.READ_ONLY, () -> editor.create(Kind.template, "linked/a.jslt", ".", "api"));
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void whatIsReadOnlyIsSaidToBe() throws Exception {
    Path recipients = directory.config().resolve("recipients");
    String etag = editor.read(Kind.recipient, "shop").etag();
    ThrowingCallable edit =
        () -> editor.replace(Kind.recipient, "shop", SHOP + "jobs: 2\n", etag, "api");

    Path shop = recipients.resolve("shop.yaml");
    Files.setPosixFilePermissions(shop, PosixFilePermissions.fromString("r--r--r--"));
    assertThat(refused(Reason.READ_ONLY, edit))
        .hasMessageStartingWith(shop + " is read-only. Edit");
    Files.setPosixFilePermissions(shop, PosixFilePermissions.fromString("rw-r--r--"));

    Files.setPosixFilePermissions(recipients, PosixFilePermissions.fromString("r-xr-xr-x"));
    assertThat(refused(Reason.READ_ONLY, edit))
        .hasMessageStartingWith(recipients + " is read-only");
    refused(Reason.READ_ONLY, () -> editor.create(Kind.recipient, "a", SHOP, "api"));
    Files.setPosixFilePermissions(recipients, PosixFilePermissions.fromString("rwxr-xr-x"));

    Path real = temp.resolve("real.yaml");
    Files.move(shop, real);
    Files.createSymbolicLink(shop, real);
    assertThat(editor.read(Kind.recipient, "shop").etag()).isEqualTo(etag);
    assertThat(refused(Reason.READ_ONLY, edit))
        .hasMessageContaining("is a link to a file elsewhere");

    Files.createDirectory(recipients.resolve("..data"));
    assertThat(refused(Reason.READ_ONLY, edit)).hasMessageContaining("ConfigMap");
    assertThat(Files.readString(real)).isEqualTo(SHOP);
  }

  @Test
  void aFileKeepsItsModeAndLeavesNothingBeside() throws Exception {
    Path shop = directory.config().resolve("recipients/shop.yaml");
    Files.setPosixFilePermissions(shop, PosixFilePermissions.fromString("rw-rw----"));
    String etag = editor.read(Kind.recipient, "shop").etag();
    editor.replace(Kind.recipient, "shop", SHOP + "jobs: 2\n", etag, "api");
    editor.create(Kind.recipient, "stock", SHOP, "api");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shop)))
        .isEqualTo("rw-rw----");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(shop.resolveSibling("stock.yaml"))))
        .isEqualTo("rw-r-----");
    try (Stream<Path> files = Files.list(shop.getParent())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("shop.yaml", "stock.yaml");
    }
  }
}
