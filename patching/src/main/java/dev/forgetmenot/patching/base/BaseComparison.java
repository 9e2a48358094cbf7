package dev.forgetmenot.patching.base;

import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.BaseTextEncoder;
import dev.forgetmenot.api.model.TokenizerIdentity;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patching.stack.BlockNames;
import dev.forgetmenot.safetensors.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Two bases side by side.
 *
 * @param level of the whole model
 * @param components the level of each component: exact, same-values, same-architecture or mismatch
 * @param sameTokenizer whether the vocabularies are one
 * @param distances by block, of the components that have the same names and shapes and other values
 */
public record BaseComparison(
    BaseLevel level,
    Map<String, BaseLevel> components,
    boolean sameTokenizer,
    List<BlockDistance> distances) {
  private static final String UNET = "unet";
  private static final int CHUNK = 1 << 20;
  private static final Pattern DIGITS = Pattern.compile("\\d+");

  /** Blocks by name, with numbers as numbers. */
  private static final Comparator<String> ORDER =
      Comparator.comparing(
          block -> DIGITS.matcher(block).replaceAll(number -> Message.of("%8s", number.group())));

  /** Copies the collections. */
  public BaseComparison {
    components = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(components));
    distances = List.copyOf(distances);
  }

  /**
   * Compares two bases in full.
   *
   * @throws IOException if a file cannot be read or changes meanwhile
   */
  public static BaseComparison of(BaseModel one, BaseModel other) throws IOException {
    Map<String, BaseLevel> components = new LinkedHashMap<>();
    List<BlockDistance> distances = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>(one.tensors().components());
    names.addAll(other.tensors().components());
    for (String component : names) {
      boolean both =
          one.tensors().components().contains(component)
              && other.tensors().components().contains(component);
      BaseLevel level =
          both ? level(one.tensors(), other.tensors(), component) : BaseLevel.MISMATCH;
      components.put(component, level);
      if (level == BaseLevel.SAME_ARCHITECTURE || level == BaseLevel.SAME_VALUES) {
        distances.addAll(distances(one.tensors(), other.tensors(), component));
      }
    }
    boolean sameTokenizer = sameTokenizers(one, other);
    return new BaseComparison(
        whole(components, sameTokenizer, one.textEncoders()), components, sameTokenizer, distances);
  }

  private static boolean sameTokenizers(BaseModel one, BaseModel other) throws IOException {
    boolean same = one.textEncoders().size() == other.textEncoders().size();
    for (int i = 0; same && i < one.textEncoders().size(); i++) {
      TokenizerIdentity tokenizer = one.textEncoders().get(i).tokenizer();
      same = tokenizer.sameAs(other.textEncoders().get(i).tokenizer());
    }
    return same;
  }

  private static BaseLevel whole(
      Map<String, BaseLevel> components,
      boolean sameTokenizer,
      List<BaseTextEncoder> textEncoders) {
    BaseLevel worst = components.values().stream().reduce(BaseLevel.EXACT, BaseLevel::and);
    if (worst.compareTo(BaseLevel.SAME_VALUES) <= 0) {
      return sameTokenizer ? worst : BaseLevel.SAME_ARCHITECTURE;
    }
    boolean sameText =
        sameTokenizer
            && textEncoders.stream()
                .map(encoder -> components.get(encoder.component()))
                .allMatch(level -> level.compareTo(BaseLevel.SAME_VALUES) <= 0)
            && components.get(UNET) != BaseLevel.MISMATCH;
    return sameText ? BaseLevel.SAME_TEXT_ENCODER : worst;
  }

  private static BaseLevel level(BaseTensors one, BaseTensors other, String component)
      throws IOException {
    if (!sameShapes(one, other, component)) {
      return BaseLevel.MISMATCH;
    }
    if (one.root(component, one.names(component))
        .equals(other.root(component, other.names(component)))) {
      return BaseLevel.EXACT;
    }
    return one.halfRoot(component, one.names(component))
            .equals(other.halfRoot(component, other.names(component)))
        ? BaseLevel.SAME_VALUES
        : BaseLevel.SAME_ARCHITECTURE;
  }

  private static boolean sameShapes(BaseTensors one, BaseTensors other, String component) {
    return one.names(component).equals(other.names(component))
        && one.names(component).stream()
            .allMatch(
                name -> Arrays.equals(one.shape(component, name), other.shape(component, name)));
  }

  /** Sums of squares of one tensor. */
  private record Squares(double difference, double norm) {}

  private static List<BlockDistance> distances(BaseTensors one, BaseTensors other, String component)
      throws IOException {
    Map<String, Squares> squares = new java.util.concurrent.ConcurrentHashMap<>();
    try {
      one.names(component).parallelStream()
          .forEach(name -> squares.put(name, squares(one, other, component, name)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    Map<String, List<Squares>> blocks = new TreeMap<>(ORDER);
    new TreeMap<>(squares)
        .forEach(
            (name, square) ->
                blocks
                    .computeIfAbsent(BlockNames.of(component + "/" + name), b -> new ArrayList<>())
                    .add(square));
    List<BlockDistance> distances = new ArrayList<>();
    blocks.forEach(
        (block, all) -> {
          double difference = all.stream().mapToDouble(Squares::difference).sum();
          double norm = all.stream().mapToDouble(Squares::norm).sum();
          int equal = (int) all.stream().filter(square -> square.difference() == 0).count();
          double relative =
              difference == 0 ? 0 : Math.sqrt(difference / norm); // infinite above zeros
          distances.add(new BlockDistance(block, all.size(), equal, relative));
        });
    return distances;
  }

  private static Squares squares(
      BaseTensors one, BaseTensors other, String component, String name) {
    try {
      DType type = one.dtype(component, name);
      DType otherType = other.dtype(component, name);
      ByteBuffer bytes = one.bytes(component, name);
      ByteBuffer otherBytes = other.bytes(component, name);
      int count = bytes.remaining() / type.bytes();
      double difference = 0;
      double norm = 0;
      for (int at = 0; at < count; at += CHUNK) {
        int size = Math.min(CHUNK, count - at);
        float[] a = type.floats(bytes.slice(at * type.bytes(), size * type.bytes()));
        float[] b =
            otherType.floats(otherBytes.slice(at * otherType.bytes(), size * otherType.bytes()));
        for (int i = 0; i < size; i++) {
          double d = (double) a[i] - b[i];
          difference += d * d;
          norm += (double) a[i] * a[i];
        }
      }
      return new Squares(difference, norm);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
