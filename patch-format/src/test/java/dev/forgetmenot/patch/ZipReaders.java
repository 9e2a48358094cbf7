package dev.forgetmenot.patch;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patch.archive.PatchArchive;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/** What four readers see in one archive: digests of contents by name, in the reader's order. */
final class ZipReaders {
  private ZipReaders() {}

  static Map<String, String> digests(PatchArchive archive) throws IOException {
    Map<String, String> seen = new LinkedHashMap<>();
    for (String name : archive.names()) {
      seen.put(name, archive.digest(name));
    }
    return seen;
  }

  static Map<String, String> commonsCompress(Path file) throws IOException {
    Map<String, String> seen = new LinkedHashMap<>();
    try (var zip =
        org.apache.commons.compress.archivers.zip.ZipFile.builder().setPath(file).get()) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        try (InputStream in = zip.getInputStream(entry)) {
          seen.merge(entry.getName(), Sha256.hex(in.readAllBytes()), (a, b) -> a + b);
        }
      }
    }
    return seen;
  }

  static Map<String, String> javaZipFile(Path file) throws IOException {
    Map<String, String> seen = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        try (InputStream in = zip.getInputStream(entry)) {
          seen.merge(entry.getName(), Sha256.hex(in.readAllBytes()), (a, b) -> a + b);
        }
      }
    }
    return seen;
  }

  static Map<String, String> javaStream(Path file) throws IOException {
    Map<String, String> seen = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        seen.merge(entry.getName(), Sha256.hex(zip.readAllBytes()), (a, b) -> a + b);
      }
    }
    return seen;
  }
}
