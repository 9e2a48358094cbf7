package dev.forgetmenot.host.cli.evaluate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code I/N}: one of N parts, from 1. */
final class ShardArgument implements ITypeConverter<ShardArgument.Shard> {
  private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,5})/([1-9]\\d{0,5})");

  /**
   * One of several parts.
   *
   * @param number 1 to {@code of}
   */
  record Shard(int number, int of) {}

  @Override
  public Shard convert(String text) {
    Matcher found = FORM.matcher(text);
    if (found.matches()) {
      Shard shard = new Shard(Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2)));
      if (shard.number() <= shard.of()) {
        return shard;
      }
    }
    throw new TypeConversionException(
        "'" + text + "' is no part: expected I/N with I from 1 to N, such as 1/2");
  }
}
