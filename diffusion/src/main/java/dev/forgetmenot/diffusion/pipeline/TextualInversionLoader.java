package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.tokenizer.ClipTokenizer;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Adds tokens to tokenizer and text encoder together. For the engine thread. */
final class TextualInversionLoader {
  private final EngineThread engine;
  private final ClipTokenizer tokenizer;
  private final ClipTextEncoder encoder;

  TextualInversionLoader(EngineThread engine, ModelComponents parts) {
    this.engine = engine;
    tokenizer = parts.tokenizer();
    encoder = parts.textEncoder();
  }

  /** Adds tokens; see {@link dev.forgetmenot.api.model.DiffusionModel#addTokens}. */
  AddedTokens add(Map<String, float[][]> tokens) {
    Map<String, List<Integer>> ids = new LinkedHashMap<>();
    List<float[]> rows = new ArrayList<>();
    int first = encoder.vocabulary();
    tokens.forEach(
        (name, vectors) -> {
          if (vectors.length == 0) {
            throw new IllegalArgumentException("the token \"" + name + "\" has no vector");
          }
          int from = first + rows.size();
          ids.put(name, IntStream.range(from, from + vectors.length).boxed().toList());
          rows.addAll(Arrays.asList(vectors));
        });
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("no token was given to be added");
    }
    ModelParameter parameter = encoder.addRows(rows.toArray(float[][]::new));
    try {
      tokenizer.addTokens(ids);
    } catch (RuntimeException e) {
      encoder.removeRows(parameter);
      throw e;
    }
    return new Tokens(List.copyOf(ids.keySet()), parameter);
  }

  private final class Tokens implements AddedTokens {
    private final List<String> names;
    private final ModelParameter parameter;
    private boolean closed;

    Tokens(List<String> names, ModelParameter parameter) {
      this.names = names;
      this.parameter = parameter;
    }

    @Override
    public List<String> names() {
      return names;
    }

    @Override
    public String weight() {
      return "text_encoder/" + parameter.name();
    }

    @Override
    public float[][] vectors() {
      return engine.call(
          () -> {
            float[] flat = parameter.array().toFloatArray();
            int width = Math.toIntExact(parameter.shape().get(1));
            return IntStream.range(0, flat.length / width)
                .mapToObj(row -> Arrays.copyOfRange(flat, row * width, (row + 1) * width))
                .toArray(float[][]::new);
          });
    }

    @Override
    public void set(float[][] vectors) {
      if (vectors.length != parameter.shape().get(0)) {
        throw new IllegalArgumentException(
            "the tokens have " + parameter.shape().get(0) + " vectors, not " + vectors.length);
      }
      float[] flat = encoder.flat(vectors);
      engine.run(
          () -> {
            NDArray array = parameter.array();
            try (NDArray values = array.getManager().create(flat, parameter.shape())) {
              array.subi(array).addi(values); // in place: a training scope holds this array
            }
          });
    }

    @Override
    public void close() {
      if (closed) {
        return;
      }
      engine.run(
          () -> {
            tokenizer.removeTokens(names);
            encoder.removeRows(parameter);
          });
      closed = true;
    }
  }
}
