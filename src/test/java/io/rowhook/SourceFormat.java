package io.rowhook;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The sources' one format, google-java-format's; as a program it rewrites them. */
final class SourceFormat {

  private SourceFormat() {}

  static String of(String source) throws FormatterException {
    String imports = ImportOrderer.reorderImports(source, Style.GOOGLE);
    return new Formatter().formatSource(RemoveUnusedImports.removeUnusedImports(imports));
  }

  /** Rewrites the files and directories given, or all sources. */
  public static void main(String[] arguments) throws IOException, FormatterException {
    String[] roots = arguments.length == 0 ? new String[] {"src"} : arguments;
    for (String root : roots) {
      for (Path file : Sources.under(Path.of(root))) {
        String source = Files.readString(file);
        String formatted = of(source);
        if (!formatted.equals(source)) {
          Files.writeString(file, formatted);
          System.out.println("formatted " + file);
        }
      }
    }
  }
}
