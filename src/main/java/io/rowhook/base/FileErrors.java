package io.rowhook.base;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Words for what the file system refuses, whose own message is mostly the path alone. */
public final class FileErrors {

  private FileErrors() {}

  /** Why it failed, without the path. */
  public static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException _ ->
          "user " + System.getProperty("user.name") + " has not the right to it";
      case NoSuchFileException _ -> "it does not exist";
      case FileAlreadyExistsException _ -> "it is there already";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  /** The path, where it is known, and why. */
  public static String words(IOException e) {
    return e instanceof FileSystemException named && named.getFile() != null
        ? named.getFile() + ": " + reason(e)
        : reason(e);
  }
}
