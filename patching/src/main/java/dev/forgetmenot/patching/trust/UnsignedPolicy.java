package dev.forgetmenot.patching.trust;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is done with patches that no trusted key has signed. */
public enum UnsignedPolicy {
  /** They are not used. */
  REFUSE,
  /** They are used, with a note each time. */
  WARN,
  /** They are used. */
  ALLOW;

  static final List<String> WORDS = Arrays.stream(values()).map(UnsignedPolicy::word).toList();

  /** The word in files and on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static UnsignedPolicy of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
