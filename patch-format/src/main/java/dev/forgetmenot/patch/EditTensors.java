package dev.forgetmenot.patch;

import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.HalfFloats;
import dev.forgetmenot.safetensors.SafetensorsException;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The tensors of one edit: exactly those that the manifest declares, in its shapes and types, and
 * finite. Mapped from the archive's channel, which must stay open.
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
    if (content instanceof EditContent.RowTargets rows) {
      for (EditContent.RowTarget target : rows.targets()) {
        tensors.index(target.target() + DeclaredTensor.INDEX, target.shape().get(0));
      }
    }
    return tensors;
  }

  /** The values of one tensor, row-major. */
  float[] values(String name) throws IOException {
    float[] values = file.floats(name);
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw notFinite(name, values[i], i);
      }
    }
    return values;
  }

  /** Numbers of rows: rising, each below the count. */
  long[] index(String name, long count) throws IOException {
    long[] index = file.longs(name);
    int wrong = SelectedRows.firstWrong(index, count);
    if (wrong >= 0) {
      throw refuse(
          PatchError.TENSOR_SHAPE,
          name + " holds " + index[wrong] + "; row numbers rise and stay below " + count);
    }
    return index;
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
    for (DeclaredTensor tensor : declared) {
      checkFinite(tensor);
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
    if (info.dtype() != declared.dtype()) {
      throw refuse(
          PatchError.TENSOR_DTYPE,
          name + " is " + info.dtype() + "; it should be " + declared.dtype());
    }
  }

  /** In place: no copy of a large tensor. */
  private void checkFinite(DeclaredTensor declared) throws IOException {
    String name = declared.name();
    ByteBuffer bytes = file.bytes(name);
    if (declared.dtype() == DType.F32) {
      FloatBuffer values = bytes.asFloatBuffer();
      for (int i = 0; i < values.limit(); i++) {
        if (!Float.isFinite(values.get(i))) {
          throw notFinite(name, values.get(i), i);
        }
      }
    } else if (declared.dtype() == DType.F16) {
      ShortBuffer halves = bytes.asShortBuffer();
      for (int i = 0; i < halves.limit(); i++) {
        float value = HalfScale.value(HalfFloats.halfToFloat(halves.get(i)), declared.scale());
        if (!Float.isFinite(value)) {
          throw notFinite(name, value, i);
        }
      }
    }
  }

  private PatchFormatException notFinite(String name, float value, int at) {
    return refuse(PatchError.NON_FINITE, name + " holds " + value + " at index " + at);
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
