package dev.forgetmenot.samples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.training.InputGradients;
import dev.forgetmenot.api.training.InputGradients.Embedded;
import dev.forgetmenot.api.training.InputGradients.Errors;
import dev.forgetmenot.api.training.InputGradients.Input;
import dev.forgetmenot.api.training.InputGradients.Prediction;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.diffusion.clip.ZeroShotClassifier;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java of docs/api-guide.md; see {@link GuidePage}. */
class ApiGuideTest {
  private final Path model = EmbeddedModel.folder();

  @TempDir Path folder;

  @Test
  void thePageShowsWhatRunsHere() throws IOException {
    GuidePage.showsWhatRuns(
        "docs/api-guide.md",
        List.of("samples/src/test/java/dev/forgetmenot/samples/ApiGuideTest.java"));
  }

  @Test
  void generateAndSave() throws IOException {
    // begin: generate
    try (StableDiffusion sd = StableDiffusion.load(model, LoadOptions.defaults())) {
      GenerationRequest request =
          GenerationRequest.of("a photo of a castle").sampled("ddim", 20).seeds(1, 2);
      List<RgbImage> images = sd.generate(request);
      for (int i = 0; i < images.size(); i++) {
        PngFile.write(folder.resolve("castle-" + i + ".png"), images.get(i), request.prompt());
      }
    }
    // end
    assertThat(folder.resolve("castle-1.png")).isRegularFile();
  }

  @Test
  void patchAndEvaluate() throws IOException {
    Path file = folder.resolve("castle.fmnpatch");
    Path plugins = PackagedPlugins.copyTo(folder.resolve("plugins"));
    ForgetConcept.main(
        Stream.of(model, plugins, "castle", file, "oblique")
            .map(Object::toString)
            .toArray(String[]::new));

    GenerationRequest request =
        GenerationRequest.of("a photo of a castle").sampled("ddim", 10).seeds(1, 2);
    List<RgbImage> before;
    List<RgbImage> patched;
    List<RgbImage> after;
    // begin: patch
    try (PatchSet patches = PatchSet.open(List.of(new PatchRequest(file, 0.8)));
        StableDiffusion sd = StableDiffusion.load(model, LoadOptions.defaults())) {
      before = sd.generate(request);
      patches.applyTo(sd);
      patched = sd.generate(request);
      sd.repatch(List.of());
      after = sd.generate(request);
    }
    // end
    assertThat(bytes(patched)).isNotEqualTo(bytes(before));
    assertThat(bytes(after)).isEqualTo(bytes(before));

    List<String> seen;
    // begin: evaluate
    List<KnownConcepts.Phrase> phrases =
        Stream.of("a castle", "a fox", "a guitar")
            .map(name -> new KnownConcepts.Phrase(name, name, ConceptType.OBJECT, ""))
            .toList();
    try (StableDiffusion sd = StableDiffusion.load(model, LoadOptions.defaults());
        ZeroShotClassifier classifier =
            ZeroShotClassifier.open(
                ZeroShotClassifier.clipOf(model),
                sd.engine(),
                new KnownConcepts(phrases, List.of()),
                ZeroShotClassifier.TEMPLATE)) {
      seen = classifier.classify(sd.generate(request));
    }
    // end
    assertThat(seen).containsExactly("a castle", "a castle");
  }

  private static List<String> bytes(List<RgbImage> images) {
    return images.stream().map(image -> Arrays.toString(image.rgb())).toList();
  }

  @Test
  void train() throws IOException {
    double first;
    double last;
    // begin: train
    try (StableDiffusion sd = StableDiffusion.load(model, LoadOptions.defaults())) {
      double[] losses =
          sd.engine()
              .call(
                  () -> {
                    try (NDManager manager = sd.newManager();
                        TextCondition castle = sd.encodePrompts(List.of(sd.tokenize("a castle")));
                        TextCondition empty = sd.encodePrompts(List.of(sd.tokenize("")))) {
                      int[] shape = sd.latentShape();
                      NDArray latents =
                          manager.randomNormal(new Shape(1, shape[0], shape[1], shape[2]));
                      double[] timestep = {500};
                      NDArray target = sd.predict(latents, timestep, empty, AttentionHooks.NONE);
                      target.attach(manager);
                      TrainingOptions options =
                          TrainingOptions.adamW(name -> name.endsWith("attn2.to_v.weight"), 1e-4);
                      double[] all = new double[5];
                      try (TrainingScope scope = sd.train(options)) {
                        for (int step = 0; step < all.length; step++) {
                          all[step] =
                              scope
                                  .step(
                                      micro -> {
                                        NDArray noise =
                                            sd.predict(
                                                latents, timestep, castle, AttentionHooks.NONE);
                                        noise.attach(micro);
                                        return noise.sub(target).square().mean();
                                      })
                                  .loss();
                        }
                      }
                      return all;
                    }
                  });
      first = losses[0];
      last = losses[losses.length - 1];
    }
    // end
    assertThat(last).isLessThan(first);
  }

  @Test
  void gradientsToTheInputs() throws IOException {
    float norm;
    // begin: gradients
    try (StableDiffusion sd = StableDiffusion.load(model, LoadOptions.defaults())) {
      norm =
          sd.engine()
              .call(
                  () -> {
                    try (NDManager manager = sd.newManager();
                        InputGradients gradients = sd.inputGradients(false);
                        Embedded text = gradients.embed(List.of(sd.tokenize("a castle")))) {
                      int[] shape = sd.latentShape();
                      NDArray noise =
                          manager.randomNormal(new Shape(1, shape[0], shape[1], shape[2]));
                      Prediction prediction = new Prediction(noise, new double[] {900}, noise);
                      try (Errors errors =
                              gradients.ofEmbeddings(
                                  prediction, text, Set.of(Input.TOKEN_EMBEDDINGS));
                          NDArray gradient =
                              errors.gradient(Input.TOKEN_EMBEDDINGS).square().sum()) {
                        return gradient.getFloat();
                      }
                    }
                  });
    }
    // end
    assertThat(norm).isPositive();
  }
}
