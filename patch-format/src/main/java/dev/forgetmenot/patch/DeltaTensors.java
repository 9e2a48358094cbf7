package dev.forgetmenot.patch;

import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsException;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The tensors of one delta edit: exactly those that the manifest declares, in its shapes, F32 and
 * finite. Mapped from the archive's channel, which must stay open.
 */
final class DeltaTensors {
  private static final String SUFFIX = ".delta";

  private final String where;
  private final SafetensorsFile file;

  private DeltaTensors(String where, SafetensorsFile file) {
    this.where = where;
    this.file = file;
  }

  static DeltaTensors open(
      String where, FileChannel channel, ZipTiling.Region region, Manifest.Edit edit)
      throws IOException {
    DeltaTensors tensors;
    try {
      tensors =
          new DeltaTensors(
              where,
              SafetensorsFile.open(
                  where, channel, region.offset(), region.size(), SafetensorsLimits.PATCH));
    } catch (SafetensorsException e) {
      throw new PatchFormatException(
          error(e.problem()), where, e.reason() + "; get the file again");
    }
    tensors.check(edit);
    return tensors;
  }

  /** The values of one target, row-major. */
  float[] values(String target) throws IOException {
    float[] values = file.floats(target + SUFFIX);
    checkFinite(target, FloatBuffer.wrap(values));
    return values;
  }

  private void check(Manifest.Edit edit) throws IOException {
    Set<String> declared = new HashSet<>();
    for (Manifest.Target target : edit.targets()) {
      String name = target.target() + SUFFIX;
      declared.add(name);
      TensorInfo info = file.tensors().get(name);
      if (info == null) {
        throw refuse(PatchError.UNDECLARED_OR_MISSING, "lacks the declared tensor " + name);
      }
      long[] shape = target.shape().stream().mapToLong(Long::longValue).toArray();
      if (!Arrays.equals(info.shape(), shape)) {
        throw refuse(
            PatchError.TENSOR_SHAPE,
            name
                + " has the shape "
                + Arrays.toString(info.shape())
                + " and the manifest says "
                + Arrays.toString(shape));
      }
      if (info.dtype() != DType.F32) {
        throw refuse(PatchError.TENSOR_DTYPE, name + " is " + info.dtype() + "; a delta is F32");
      }
    }
    for (String name : file.tensors().keySet()) {
      if (!declared.contains(name)) {
        throw refuse(PatchError.UNDECLARED_OR_MISSING, "holds the undeclared tensor " + name);
      }
    }
    for (Manifest.Target target : edit.targets()) {
      checkFinite(target.target(), file.bytes(target.target() + SUFFIX).asFloatBuffer());
    }
  }

  private void checkFinite(String target, FloatBuffer values) throws PatchFormatException {
    for (int i = values.position(); i < values.limit(); i++) {
      if (!Float.isFinite(values.get(i))) {
        throw refuse(PatchError.NON_FINITE, target + " holds " + values.get(i) + " at index " + i);
      }
    }
  }

  private static PatchError error(SafetensorsException.Problem problem) {
    return switch (problem) {
      case HEADER -> PatchError.TENSOR_HEADER;
      case OFFSETS -> PatchError.TENSOR_OFFSETS;
      case DTYPE -> PatchError.TENSOR_DTYPE;
      case SHAPE -> PatchError.TENSOR_SHAPE;
      case MISSING -> PatchError.UNDECLARED_OR_MISSING;
      case PICKLE -> PatchError.PICKLE;
    };
  }

  private PatchFormatException refuse(PatchError error, String why) {
    return new PatchFormatException(error, where, why);
  }
}
