package dev.forgetmenot.patch;

import dev.forgetmenot.keys.FuzzKeyFile;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.safetensors.FuzzSafetensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What can be fuzzed here, and the inputs to begin with: good ones, and those that were found to be
 * trouble once, in {@code src/test/resources/fuzz/TARGET}. As a program it writes them for {@code
 * fmn-fuzz}.
 */
final class FuzzTargets {
  private static final Path FOUND = Path.of("src/test/resources/fuzz");

  /** What a fuzzer calls. */
  interface Run {
    void on(byte[] input) throws IOException;
  }

  /** All of them by the names that {@code fmn-fuzz} has for them. */
  static final Map<String, Run> ALL = all();

  private FuzzTargets() {}

  private static Map<String, Run> all() {
    Map<String, Run> all = new LinkedHashMap<>();
    all.put("archive", FuzzArchive::fuzzerTestOneInput);
    all.put("manifest", FuzzManifest::fuzzerTestOneInput);
    all.put("edits", FuzzEdits::fuzzerTestOneInput);
    all.put("safetensors", FuzzSafetensors::fuzzerTestOneInput);
    all.put("dsse", FuzzEnvelope::fuzzerTestOneInput);
    all.put("key", FuzzKeyFile::fuzzerTestOneInput);
    all.put("stack", FuzzStackFile::fuzzerTestOneInput);
    return all;
  }

  /** Writes the inputs of one target to a folder. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[1]));
    int number = 0;
    for (byte[] seed : seeds(arguments[0])) {
      Files.write(folder.resolve("seed-" + number++), seed);
    }
  }

  static List<byte[]> seeds(String target) throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    switch (target) {
      case "archive" -> {
        for (String name :
            List.of(
                "golden-1.0", "golden-1.1", "golden-1.2", "golden-1.3", "forged-1.4-optional")) {
          seeds.add(golden(name));
        }
      }
      case "manifest" -> {
        for (byte[] patch : seeds("archive")) {
          seeds.add(entry(patch, "manifest.json"));
        }
      }
      case "edits" -> seeds.addAll(FuzzEdits.seeds());
      case "safetensors" -> {
        for (byte[] edit : FuzzEdits.seeds()) {
          seeds.add(Arrays.copyOfRange(edit, 1, edit.length));
        }
      }
      case "dsse" -> seeds.add(FuzzEnvelope.seed());
      case "key" -> {
        byte[] pkcs8 =
            HexFormat.of().parseHex("302e020100300506032b657004220420" + "07".repeat(32));
        byte[] spki = SigningKey.of(pkcs8).verification().spki();
        seeds.add(pkcs8);
        seeds.add(spki);
        seeds.add(pem("PRIVATE KEY", pkcs8));
        seeds.add(pem("PUBLIC KEY", spki));
      }
      case "stack" -> seeds.add(FuzzStackFile.seed());
      default -> throw new IllegalArgumentException(target + " is none of " + ALL.keySet());
    }
    Path found = FOUND.resolve(target);
    if (Files.isDirectory(found)) {
      try (Stream<Path> files = Files.list(found)) {
        for (Path file : files.sorted().toList()) {
          seeds.add(Files.readAllBytes(file));
        }
      }
    }
    return seeds;
  }

  private static byte[] pem(String label, byte[] der) {
    String base64 = Base64.getEncoder().encodeToString(der);
    return ("-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = FuzzTargets.class.getResourceAsStream(name + ".fmnpatch")) {
      return in.readAllBytes();
    }
  }

  private static byte[] entry(byte[] patch, String entry) throws IOException {
    Path file = Files.createTempFile("fmn-seed", ".fmnpatch");
    try {
      Files.write(file, patch);
      try (PatchFile open = PatchFile.open(file)) {
        return open.content(entry);
      }
    } finally {
      Files.delete(file);
    }
  }
}
