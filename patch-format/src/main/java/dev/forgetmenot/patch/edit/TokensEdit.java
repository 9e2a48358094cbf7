package dev.forgetmenot.patch.edit;

import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * New tokens of the prompt's language.
 *
 * @param tokens by name, such as {@code <s1>}: (n, d), one row for each embedding that the token
 *     stands for; d is the width of the text encoder's embeddings
 */
public record TokensEdit(Map<String, Rows> tokens) implements PatchEdit {
  /** A token is 1 to 96 characters without white space. */
  public static final String NAME = "\\S{1,96}";

  private static final int MOST_VECTORS = 1024;
  private static final String TEXT_ENCODER = "text_encoder";
  private static final String EMBEDDING = ".embedding";

  /** Copies the map; tokens are sorted. */
  public TokensEdit {
    tokens = PatchEdit.sorted(tokens, "it has no token");
    int width = tokens.values().iterator().next().width();
    tokens.forEach(
        (name, rows) -> {
          if (!name.matches(NAME) || rows.width() != width) {
            throw new IllegalArgumentException(
                "token '"
                    + name
                    + "': a name has 1 to 96 characters without spaces, and all vectors one width");
          }
        });
  }

  /** Elements of a vector. */
  public int width() {
    return tokens.values().iterator().next().width();
  }

  @Override
  public <R, E extends Exception> R accept(PatchEdit.Visitor<R, E> visitor) throws E {
    return visitor.visit(this);
  }

  @Override
  public EditKind kind() {
    return EditKind.TOKENS;
  }

  @Override
  public Collection<String> changed() {
    return List.of();
  }

  @Override
  public List<EditPart> stored() {
    SafetensorsWriter tensors = EditPart.writer();
    List<Token> described = new ArrayList<>();
    tokens.forEach(
        (token, rows) -> {
          described.add(new Token(token, rows.count(), rows.norm()));
          rows.addTo(tensors, token + EMBEDDING);
        });
    return List.of(
        new EditPart(kind(), TEXT_ENCODER, () -> new Descriptor(described, width()), tensors));
  }

  /**
   * What a manifest says of it.
   *
   * @param tokens at least one, with different names
   * @param width d
   */
  public record Descriptor(List<Token> tokens, int width) implements EditDescriptor {
    static Descriptor read(JsonObjectReader m) throws PatchFormatException {
      return new Descriptor(m.objects("tokens", Token::read), Rows.readWidth(m));
    }

    @Override
    public <R, E extends Exception> R accept(EditDescriptor.Visitor<R, E> visitor) throws E {
      return visitor.visit(this);
    }

    @Override
    public EditKind kind() {
      return EditKind.TOKENS;
    }

    @Override
    public List<String> changed() {
      return List.of();
    }

    @Override
    public List<DeclaredTensor> tensors() {
      return tokens.stream()
          .map(t -> new DeclaredTensor(t.token() + EMBEDDING, t.vectors(), width))
          .toList();
    }

    @Override
    public TokensEdit edit(EditTensors tensors) throws IOException {
      Map<String, Rows> rows = new TreeMap<>();
      for (Token token : tokens) {
        rows.put(token.token(), tensors.rows(token.token() + EMBEDDING));
      }
      return new TokensEdit(rows);
    }
  }

  /**
   * One token.
   *
   * @param token its name
   * @param vectors embeddings that it stands for
   * @param norm Frobenius norm of all of them
   */
  public record Token(String token, int vectors, double norm) {
    private static Token read(JsonObjectReader m) throws PatchFormatException {
      return new Token(
          m.text("token", NAME), (int) m.integer("vectors", 1, MOST_VECTORS), m.number("norm"));
    }
  }
}
