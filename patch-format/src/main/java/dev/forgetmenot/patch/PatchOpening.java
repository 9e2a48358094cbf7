package dev.forgetmenot.patch;

import java.nio.file.Path;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * The event in recordings of the JDK's Flight Recorder for each time that a patch is opened and
 * checked; its duration is that of the checks.
 */
@Name("dev.forgetmenot.PatchOpening")
@Label("Patch opening")
@Description("A patch file was opened and checked")
@Category({"Forget-Me-Not", "Patches"})
@StackTrace
@SuppressWarnings("UnusedVariable") // the recorder reads the fields
final class PatchOpening extends Event {
  @Label("File")
  private final String path;

  @Label("With digests and tensors, not the manifest alone")
  private final boolean whole;

  PatchOpening(Path path, boolean whole) {
    this.path = path.toString();
    this.whole = whole;
  }
}
