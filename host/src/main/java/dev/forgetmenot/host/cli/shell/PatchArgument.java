package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.api.model.PatchRequest;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code FILE} or {@code FILE:STRENGTH}; a drive letter's colon is no strength. */
public final class PatchArgument implements ITypeConverter<PatchRequest> {
  private static final Pattern FORM =
      Pattern.compile("(.+?)(?::([-+]?[0-9.]+(?:[eE][-+]?\\d+)?))?");

  @Override
  public PatchRequest convert(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException("'" + text + "' is not FILE or FILE:STRENGTH");
    }
    String strength = matcher.group(2);
    try {
      return new PatchRequest(
          Path.of(matcher.group(1)), strength == null ? 1 : Double.parseDouble(strength));
    } catch (NumberFormatException e) {
      throw new TypeConversionException("the strength of '" + text + "' is not a number");
    }
  }
}
