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
import java.util.List;
import java.util.Set;

/**
 * The tensors of one edit: exactly those that the manifest declares, in its shapes, F32 and finite.
 * Mapped from the archive's channel, which must stay open.
 */
final class EditTensors {
  private final String where;
  private final SafetensorsFile file;

  private EditTensors(String where, SafetensorsFile file) {
    this.where = where;
    this.file = file;
  }

  static EditTensors open(
      String where, FileChannel channel, ZipTiling.Region region, EditContent content)
      throws IOException {
    EditTensors tensors;
    try {
      tensors =
          new EditTensors(
              where,
              SafetensorsFile.open(
                  where, channel, region.offset(), region.size(), SafetensorsLimits.PATCH));
    } catch (SafetensorsException e) {
      throw new PatchFormatException(
          error(e.problem()), where, e.reason() + "; get the file again");
    }
    tensors.check(DeclaredTensor.of(content));
    return tensors;
  }

  /** The values of one tensor, row-major. */
  float[] values(String name) throws IOException {
    float[] values = file.floats(name);
    checkFinite(name, FloatBuffer.wrap(values));
    return values;
  }

  /** The rows of one tensor (n, d). */
  Rows rows(String name) throws IOException {
    long[] shape = file.tensors().get(name).shape();
    return new Rows((int) shape[0], (int) shape[1], values(name));
  }

  private void check(List<DeclaredTensor> declared) throws IOException {
    Set<String> names = new HashSet<>();
    for (DeclaredTensor tensor : declared) {
      names.add(tensor.name());
      check(tensor);
    }
    for (String name : file.tensors().keySet()) {
      if (!names.contains(name)) {
        throw refuse(PatchError.UNDECLARED_OR_MISSING, "holds the undeclared tensor " + name);
      }
    }
    for (String name : names) {
      checkFinite(name, file.bytes(name).asFloatBuffer());
    }
  }

  private void check(DeclaredTensor declared) throws PatchFormatException {
    String name = declared.name();
    TensorInfo info = file.tensors().get(name);
    if (info == null) {
      throw refuse(PatchError.UNDECLARED_OR_MISSING, "lacks the declared tensor " + name);
    }
    List<Long> shape = Arrays.stream(info.shape()).boxed().toList();
    if (!shape.equals(declared.shape())) {
      boolean rank = declared.differsInRankAlone(shape);
      throw refuse(
          rank ? PatchError.RANK_OR_ALPHA : PatchError.TENSOR_SHAPE,
          name + " has the shape " + shape + " and the manifest says " + declared.shape());
    }
    if (info.dtype() != DType.F32) {
      throw refuse(PatchError.TENSOR_DTYPE, name + " is " + info.dtype() + "; it should be F32");
    }
  }

  private void checkFinite(String name, FloatBuffer values) throws PatchFormatException {
    for (int i = values.position(); i < values.limit(); i++) {
      if (!Float.isFinite(values.get(i))) {
        throw refuse(PatchError.NON_FINITE, name + " holds " + values.get(i) + " at index " + i);
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
