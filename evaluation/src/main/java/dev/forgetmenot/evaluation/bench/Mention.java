package dev.forgetmenot.evaluation.bench;

/** A text of a list and where it stands. */
public record Mention(String text, Place place) {
  @Override
  public String toString() {
    return text;
  }
}
