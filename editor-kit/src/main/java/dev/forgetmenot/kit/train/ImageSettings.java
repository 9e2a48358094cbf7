package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.train.TrainingImages.Crop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Where the images come from that are trained on.
 *
 * @param values the given values
 */
public record ImageSettings(Settings values) {
  private static final String RESOLUTION = "resolution";

  /** The settings. */
  public static List<SettingSpec> parameters() {
    return parameters(8);
  }

  /** The same with another default number of images. */
  public static List<SettingSpec> parameters(int images) {
    return List.of(
        SettingSpec.text(
                "image-dir",
                SettingSpec.Type.PATH,
                null,
                "Folder with the images, with several concepts a folder in it for each of them;"
                    + " without it the model draws them itself.")
            .formerly("images"),
        SettingSpec.integer(
                "num-images",
                images,
                1,
                1024,
                "How many the model draws for a concept without a folder.")
            .formerly("pictures"),
        SettingSpec.choice(
            "crop",
            List.of("centre", "random"),
            "Where the square is cut from images that are not square."),
        resolution());
  }

  /** The setting of {@link #side} alone, for methods that train on no images. */
  public static SettingSpec resolution() {
    return SettingSpec.integer(
        RESOLUTION,
        8,
        1 << 14,
        "Pixels of the side of what is trained on, at most the model's own size, which it is"
            + " without this; a smaller one takes less memory and time.");
  }

  /**
   * The side of what is trained on, in pixels: as given, at most the model's own size.
   *
   * @throws IllegalArgumentException if the autoencoder has no latents of that size
   */
  public int side(DiffusionModel model) {
    int own = model.imageSize();
    int side = values.find(RESOLUTION).map(Integer::parseInt).orElse(own);
    int stride = own / model.latentShape()[1];
    if (side % stride != 0) {
      throw new IllegalArgumentException(
          Message.of("resolution should be a multiple of %d pixels, not %d", stride, side));
    }
    return Math.min(side, own);
  }

  /** What the model is asked to draw, of the size that is trained on. */
  public GenerationRequest request(DiffusionModel model, String prompt) {
    int side = side(model);
    return side == model.imageSize()
        ? GenerationRequest.of(prompt)
        : GenerationRequest.builder(prompt).width(side).height(side).build();
  }

  /** Where they come from, for recipes: {@code folder} or {@code the model}. */
  public String source() {
    return folder().isPresent() ? "folder" : "the model";
  }

  /** The folder with the images, if one was named. */
  public Optional<Path> folder() {
    return values.path("image-dir");
  }

  /**
   * The images of each concept. For the engine thread.
   *
   * @param names of the concepts; with several, each has a folder of that name
   * @param prompts what the model draws for each of them when there is no folder; those of one name
   *     share its number of images
   * @throws IOException if a folder is missing or an image cannot be read
   */
  public List<TrainingImages> of(
      DiffusionModel model, List<String> names, List<String> prompts, long seed, JobContext context)
      throws IOException {
    boolean several = names.stream().distinct().count() > 1;
    List<TrainingImages> all = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      context.checkCancelled();
      int share = Collections.frequency(names, names.get(i));
      all.add(
          folder().isPresent()
              ? read(folder().get(), names.get(i), several, model, seed, context)
              : draw(model, prompts.get(i), share, seed, context));
    }
    return all;
  }

  private TrainingImages read(
      Path folder,
      String name,
      boolean several,
      DiffusionModel model,
      long seed,
      JobContext context)
      throws IOException {
    Crop crop = values.text("crop").equals("centre") ? Crop.CENTRE : Crop.RANDOM;
    Path own = several ? folder.resolve(name) : folder;
    Path hyphenated = folder.resolve(name.replace(' ', '-'));
    boolean plain = Files.isDirectory(own) || !Files.isDirectory(hyphenated);
    return TrainingImages.read(plain ? own : hyphenated, side(model), crop, seed, context::say);
  }

  private TrainingImages draw(
      DiffusionModel model, String prompt, int share, long seed, JobContext context) {
    int count = Math.max(1, Math.toIntExact(values.integer("num-images") / share));
    context.say("the model draws " + count + " images of '" + prompt + "'");
    return TrainingImages.of(model.generate(request(model, prompt).seeds(seed, count)));
  }
}
