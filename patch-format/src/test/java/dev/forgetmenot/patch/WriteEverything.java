package dev.forgetmenot.patch;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.RowsEdit;
import dev.forgetmenot.patch.edit.TokensEdit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes one patch of every kind, its maps filled in an order that a number gives. */
final class WriteEverything {
  private WriteEverything() {}

  /** Writes to the folder in the first argument, in the order of the second; prints the digest. */
  public static void main(String[] arguments) throws IOException {
    String digest = digest(Path.of(arguments[0]), Long.parseLong(arguments[1]));
    System.out.write(digest.getBytes(StandardCharsets.US_ASCII)); // whatever the default is
  }

  static String digest(Path folder, long order) throws IOException {
    Path file = folder.resolve("everything-" + order + ".fmnpatch");
    PatchDraft one = SampleEdits.second();
    List<PatchEdit> edits = new ArrayList<>();
    edits.add(new RowsEdit(shuffled(SampleEdits.rowsEdit().rows(), order)));
    edits.add(new DeltaEdit(shuffled(SampleEdits.halfDelta().deltas(), order)));
    edits.add(new LowRankEdit(shuffled(SampleEdits.lowRank().factors(), order)));
    edits.add(SampleEdits.projector());
    edits.add(SampleEdits.closedForm(8, 2, 3));
    edits.add(new TokensEdit(shuffled(SampleEdits.tokens().tokens(), order)));
    Map<String, byte[]> docs = new LinkedHashMap<>();
    for (String name : List.of("readme.md", "after.png", "before.png", "z.png")) {
      docs.put("docs/" + name, name.getBytes(StandardCharsets.UTF_8));
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String name : List.of("i", "I", "\u0131", "\u0130", "learning-rate", "\u00e9", "z")) {
      parameters.put(name, "1e-5");
    }
    PatchDraft draft =
        new PatchDraft(
            one.name(),
            "Forgets \u201cx\u201d \u2013 \ud83d\ude00, 1.234,5",
            one.intent(),
            edits,
            new Manifest.Recipe(
                "test", shuffled(parameters, order), 7, 1234567, "fmn", "0.1.0", List.of()),
            List.of(new Manifest.Evidence("x", 1, 1234, "recognised", 0.1 + 0.2, 1e-7)),
            shuffled(docs, order),
            one.publication());
    Map<String, Manifest.Component> components =
        new LinkedHashMap<>(SampleEdits.secondBase().components());
    components.put("unet", new Manifest.Component("cc".repeat(32), "dd".repeat(32), 36, Map.of()));
    Manifest.Base base =
        new Manifest.Base(
            shuffled(components, order),
            SampleEdits.secondBase().textEncoder(),
            SampleEdits.secondBase().tokenizer(),
            "a base",
            "same-values");
    PatchWriter.write(file, draft, base, "stable-diffusion-v1", SampleEdits.CREATED);
    PatchFile.open(file).close();
    return Sha256.hex(Files.readAllBytes(file));
  }

  private static <T> Map<String, T> shuffled(Map<String, T> map, long order) {
    List<String> keys = new ArrayList<>(map.keySet());
    Collections.shuffle(keys, new Random(order));
    Map<String, T> other = new LinkedHashMap<>();
    keys.forEach(key -> other.put(key, map.get(key)));
    return other;
  }
}
