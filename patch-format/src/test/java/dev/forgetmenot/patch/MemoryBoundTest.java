package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers need little memory, whatever they are given. */
class MemoryBoundTest {
  @TempDir Path folder;

  @Test
  void quarterOfAGigabyteIsEnough() throws IOException, InterruptedException {
    HugeFiles.patch(folder.resolve("huge.fmnpatch"), 10_000);
    long zeros = 400_000_000;
    HugeFiles.entry(folder.resolve("mimetype.fmnpatch"), "mimetype", zeros);
    HugeFiles.entry(folder.resolve("manifest.fmnpatch"), "manifest.json", zeros);
    String signature = "signatures/" + "0".repeat(64) + ".json";
    HugeFiles.entry(folder.resolve("signature.fmnpatch"), signature, zeros);
    String printed = ForkedJvm.run(BoundedReaders.class, List.of("-Xmx256m"), folder.toString());
    System.err.println("measured, with -Xmx256m:\n" + printed.indent(2));
    assertThat(printed)
        .contains("400 MB of deltas: read, 40000")
        .contains("400 MB of mimetype: FMN-1")
        .contains("400 MB of manifest: FMN-111")
        .contains("400 MB of signature: FMN-111")
        .contains("many values: FMN-206")
        .contains("too many: FMN-204")
        .contains("deep: FMN-204")
        .contains("long keys: FMN-206")
        .contains("white space: FMN-206")
        .contains("many targets: FMN-209")
        .contains("many tensors: read, 4096 tensors")
        .contains("too many tensors: HEADER")
        .contains("tensors of a model: read, 100000 tensors")
        .contains("metadata of a model: read, 0 tensors")
        .contains("an envelope: FMN-2")
        .contains("a full envelope: FMN-2")
        .contains("a statement: FMN-2")
        .contains("a full statement: FMN-403")
        .contains("a key file: refused")
        .contains("largest heap: 256 MB");
  }
}
