package io.rowhook.settings;

import io.rowhook.settings.EditRefusedException.Reason;
import io.rowhook.settings.edit.EditableFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Golden cases beside templates, written as other edits are: whole, and only where a person may
 * have written them. Any thread.
 *
 * @param templates the directory
 */
public record GoldenFolder(Path templates) {

  /**
   * Writes the files of a case in their order, those that are missing.
   *
   * @param name what all of them begin with, by their path inside the directory
   * @param files what each holds, by what its name ends with
   * @param suffixes of all files that a case may have
   * @return false: they are there just so already
   * @throws EditRefusedException if there is another case of its name, or it cannot be written
   */
  public boolean keep(String name, Map<String, byte[]> files, List<String> suffixes)
      throws EditRefusedException {
    EditableFiles editable = EditableFiles.goldenFiles(templates);
    Map<Path, byte[]> missing = new LinkedHashMap<>();
    for (String suffix : suffixes) {
      Path file = editable.file(name + suffix);
      byte[] kept = files.get(suffix);
      Optional<byte[]> there = editable.content(file);
      if (there.isPresent() && !Arrays.equals(there.get(), kept)) {
        throw new EditRefusedException(
            Reason.EXISTS,
            "there is another golden case "
                + name
                + " already: "
                + file.getFileName()
                + " holds something else. Give this one another name by case, or delete that one's"
                + " files");
      }
      if (there.isEmpty() && kept != null) {
        editable.checkWritable(file);
        missing.put(file, kept);
      }
    }
    for (Map.Entry<Path, byte[]> one : missing.entrySet()) {
      editable.create(one.getKey(), one.getValue());
    }
    return !missing.isEmpty();
  }
}
