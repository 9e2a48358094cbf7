package dev.forgetmenot.diffusion.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ids against transformers. */
class TokenizerGoldenTest {
  record Prompt(String prompt, List<Integer> ids) {}

  static List<Path> folders() {
    return GoldenFolders.folders();
  }

  @ParameterizedTest
  @MethodSource("folders")
  void givesTheSameIdsForEveryPrompt(Path folder) throws IOException {
    String json = Files.readString(folder.resolve("golden/tokenizer.json"));
    Prompt[] prompts = new Gson().fromJson(json, Prompt[].class);
    assertThat(prompts).isNotEmpty();
    try (var tokenizer = ClipTokenizer.read(folder.resolve("model/tokenizer"))) {
      for (Prompt prompt : prompts) {
        assertThat(tokenizer.encode(prompt.prompt()).ids())
            .as(prompt.prompt())
            .isEqualTo(prompt.ids());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void theTextOfIdsGivesTheSameIds(Path folder) throws IOException {
    String json = Files.readString(folder.resolve("golden/tokenizer.json"));
    try (var tokenizer = ClipTokenizer.read(folder.resolve("model/tokenizer"))) {
      for (Prompt prompt : new Gson().fromJson(json, Prompt[].class)) {
        List<Integer> ids = tokenizer.pieces(prompt.prompt());
        assertThat(tokenizer.pieces(tokenizer.decode(ids))).as(prompt.prompt()).isEqualTo(ids);
      }
    }
  }
}
