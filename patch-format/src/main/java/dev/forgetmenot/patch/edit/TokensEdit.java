package dev.forgetmenot.patch.edit;

import java.util.Collection;
import java.util.Collections;
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
  /** The word of manifests. */
  public static final String KIND = "tokens";

  /** A token is 1 to 96 characters without white space. */
  public static final String NAME = "\\S{1,96}";

  /** Copies the map; tokens are sorted. */
  public TokensEdit {
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("the edit changes nothing: it has no token");
    }
    tokens = Collections.unmodifiableMap(new TreeMap<>(tokens));
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
  public <R, E extends Exception> R accept(Visitor<R, E> visitor) throws E {
    return visitor.visit(this);
  }

  @Override
  public boolean boundByTextEncoder() {
    return true;
  }

  @Override
  public long bytes() {
    return tokens.values().stream().mapToLong(Rows::bytes).sum();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Collection<String> changed() {
    return List.of();
  }
}
