package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Adds tokens to tokenizers and text encoders together. Where there are several encoders a vector
 * has the numbers of all, one after the other. For the engine thread.
 */
final class TextualInversionLoader {
  private final EngineThread engine;
  private final TextEncoders text;

  TextualInversionLoader(EngineThread engine, ModelComponents parts) {
    this.engine = engine;
    text = parts.text();
  }

  /** Adds tokens; see {@link dev.forgetmenot.api.model.DiffusionModel#addTokens}. */
  AddedTokens add(Map<String, float[][]> tokens) {
    List<float[]> rows = new ArrayList<>();
    tokens.forEach(
        (name, vectors) -> {
          if (vectors.length == 0) {
            throw new IllegalArgumentException("the token \"" + name + "\" has no vector");
          }
          rows.addAll(Arrays.asList(vectors));
        });
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("no token was given to be added");
    }
    List<Map<String, List<Integer>>> ids = ids(tokens);
    ModelParameter parameter = addRows(rows.toArray(float[][]::new));
    int named = 0;
    try {
      for (; named < text.count(); named++) {
        text.parts().get(named).tokenizer().addTokens(ids.get(named));
      }
    } catch (RuntimeException e) {
      List<String> names = List.copyOf(tokens.keySet());
      for (int i = 0; i < named; i++) {
        text.parts().get(i).tokenizer().removeTokens(names);
      }
      removeRows(parameter);
      throw e;
    }
    return new Tokens(List.copyOf(tokens.keySet()), parameter);
  }

  /** For each encoder the ids that each token stands for. */
  private List<Map<String, List<Integer>>> ids(Map<String, float[][]> tokens) {
    List<Map<String, List<Integer>>> all = new ArrayList<>();
    for (TextEncoders.Part part : text.parts()) {
      Map<String, List<Integer>> ids = new LinkedHashMap<>();
      int from = part.encoder().vocabulary();
      for (Map.Entry<String, float[][]> token : tokens.entrySet()) {
        int to = from + token.getValue().length;
        ids.put(token.getKey(), IntStream.range(from, to).boxed().toList());
        from = to;
      }
      all.add(ids);
    }
    return all;
  }

  /** One cell for all encoders, each of which reads its own columns. */
  private ModelParameter addRows(float[][] rows) {
    ModelParameter parameter = text.first().encoder().addRows(rows, text.width());
    int column = 0;
    for (TextEncoders.Part part : text.parts()) {
      if (column > 0) {
        part.encoder().shareRows(parameter, column);
      }
      column += part.encoder().config().encoder().width();
    }
    return parameter;
  }

  private void removeRows(ModelParameter parameter) {
    for (int i = text.count() - 1; i > 0; i--) {
      text.parts().get(i).encoder().unshareRows(parameter);
    }
    text.first().encoder().removeRows(parameter);
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
      return text.first().slot().component() + "/" + parameter.name();
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
      float[] flat = ClipTextEncoder.flat(vectors, text.width());
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
            text.parts().forEach(part -> part.tokenizer().removeTokens(names));
            removeRows(parameter);
          });
      closed = true;
    }
  }
}
