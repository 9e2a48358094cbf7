package dev.forgetmenot.host.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.patching.stack.ResolvedStack;
import dev.forgetmenot.patching.stack.StackedPatch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures stacks of patch files on random weights of the size of Stable Diffusion 1.5's cross
 * attention: from files on disk to new weights, checks of the base included.
 */
public final class StackBench {
  private static final int NAIVE = 5; // patches that are added the long way
  private static final int HASHED = 256 << 20;

  private final JobContext context;

  /**
   * One stack.
   *
   * @param name what was stacked
   * @param patches how many
   * @param weights how many weights they change
   * @param touched bytes of those
   * @param open seconds to open and check the files
   * @param check seconds to compare the base and to solve
   * @param apply seconds to work out all new weights
   * @param cpu seconds of all cores for the three together; on a busy machine the better measure
   * @param heap most bytes that Java's heap held beyond what it held before, garbage included
   * @param naive times as long as this takes the long way: one whole change after another, one
   *     thread
   * @param difference largest difference to the long way, as a share of the largest weight
   */
  public record Measured(
      String name,
      int patches,
      int weights,
      long touched,
      double open,
      double check,
      double apply,
      double cpu,
      long heap,
      double naive,
      double difference) {
    /** Seconds from files to weights. */
    public double total() {
      return open + check + apply;
    }
  }

  /**
   * A bench.
   *
   * @param context progress
   */
  public StackBench(JobContext context) {
    this.context = context;
  }

  /** Bytes a second of SHA-256, of one core. */
  public double hashing() {
    ByteBuffer bytes = ByteBuffer.allocateDirect(HASHED).order(ByteOrder.LITTLE_ENDIAN);
    MessageDigest digest = Sha256.digest();
    digest.update(bytes.duplicate()); // once cold
    long start = System.nanoTime();
    digest.update(bytes.duplicate());
    return HASHED / seconds(start);
  }

  /**
   * Measures.
   *
   * @param patches how many of each kind
   * @return closed forms, then rank 1; each once cold and once more
   */
  public List<Measured> run(int patches) throws IOException {
    Path folder = Files.createTempDirectory("fmn-bench");
    try {
      context.progress("making random weights and patches", 0, 2);
      RandomBase base = new RandomBase();
      RandomPatches files = new RandomPatches(base, folder);
      List<PatchRequest> closedForms = files.closedForms(patches);
      List<PatchRequest> rankOnes = files.rankOnes(patches);
      context.progress("making random weights and patches", 2, 2);
      BaseModel fresh = new RandomBase().model();
      return List.of(
          measure("closed-form, cold", closedForms, fresh, this::naiveClosedForms),
          measure("closed-form", closedForms, fresh, this::naiveClosedForms),
          measure("rank-1, cold", rankOnes, fresh, this::naiveRankOnes),
          measure("rank-1", rankOnes, fresh, this::naiveRankOnes));
    } finally {
      delete(folder);
    }
  }

  private interface Naive {
    /** New values the long way, by name, of some weights, and the seconds that all would take. */
    double seconds(PatchStack stack, ResolvedStack checked, BaseModel base, Map<String, float[]> to)
        throws IOException;
  }

  private Measured measure(String name, List<PatchRequest> requests, BaseModel base, Naive naive)
      throws IOException {
    System.gc();
    long before = heapUsed();
    heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
    long cpuBefore = cpuNanos();
    long start = System.nanoTime();
    try (PatchStack stack = PatchStack.open(requests)) {
      double open = seconds(start);
      start = System.nanoTime();
      ResolvedStack checked = stack.on(base);
      double check = seconds(start);
      start = System.nanoTime();
      // As the engine does: the new weights are kept outside of the heap until all are there.
      Map<String, ByteBuffer> made = new LinkedHashMap<>();
      long touched = 0;
      for (String target : checked.weights().targets()) {
        float[] values = checked.weights().values(target);
        ByteBuffer kept =
            ByteBuffer.allocateDirect(Float.BYTES * values.length).order(ByteOrder.nativeOrder());
        kept.asFloatBuffer().put(values);
        made.put(target, kept);
        touched += kept.capacity();
      }
      double apply = seconds(start);
      double cpu = (cpuNanos() - cpuBefore) / 1e9;
      long heap = heapPeak() - before;
      Map<String, float[]> slow = new LinkedHashMap<>();
      double slowSeconds = naive.seconds(stack, checked, base, slow);
      return new Measured(
          name,
          requests.size(),
          made.size(),
          touched,
          open,
          check,
          apply,
          cpu,
          heap,
          slowSeconds / apply,
          difference(slow, made));
    }
  }

  /** The joint solve's change of one weight after another by a general product. */
  private double naiveClosedForms(
      PatchStack stack, ResolvedStack checked, BaseModel base, Map<String, float[]> to)
      throws IOException {
    var edit = checked.weights().systems().get(0).solution().edit();
    long start = System.nanoTime();
    for (String target : checked.weights().targets()) {
      float[] weight = floats(base, target);
      double[] sum = doubles(weight);
      add(sum, edit.change(weight));
      to.put(target, rounded(sum));
    }
    return seconds(start);
  }

  /** One dense change after another. */
  private double naiveRankOnes(
      PatchStack stack, ResolvedStack checked, BaseModel base, Map<String, float[]> to)
      throws IOException {
    List<StackedPatch> layers = stack.layers();
    List<String> targets = List.copyOf(checked.weights().targets());
    int some = Math.min(NAIVE, targets.size());
    long all = 0;
    long done = 0;
    for (String target : targets) {
      all += base.tensors().bytes("unet", target.substring(5)).remaining();
    }
    long start = System.nanoTime();
    for (String target : targets.subList(0, some)) {
      double[] sum = doubles(floats(base, target));
      for (StackedPatch layer : layers) {
        add(sum, product(layer.file().lowRank(target)));
      }
      to.put(target, rounded(sum));
      done += (long) Float.BYTES * sum.length;
    }
    return seconds(start) * all / done;
  }

  /** alpha/rank · up · down, whole. */
  private static double[] product(LowRank factors) {
    Matrix up = Matrix.of(factors.outputs(), factors.rank(), factors.up());
    Matrix down = Matrix.of(factors.rank(), factors.inputs(), factors.down());
    return up.times(down).times(factors.alpha() / factors.rank()).rowMajor();
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  private static float[] floats(BaseModel base, String target) throws IOException {
    return base.tensors().floats("unet", target.substring(target.indexOf('/') + 1));
  }

  private static void add(double[] sum, double[] change) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += change[i];
    }
  }

  private static float[] rounded(double[] sum) {
    float[] values = new float[sum.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) sum[i];
    }
    return values;
  }

  private static double difference(Map<String, float[]> slow, Map<String, ByteBuffer> fast) {
    double difference = 0;
    double largest = 0;
    for (Map.Entry<String, float[]> entry : slow.entrySet()) {
      float[] values = new float[entry.getValue().length];
      fast.get(entry.getKey()).asFloatBuffer().get(values);
      for (int i = 0; i < values.length; i++) {
        difference = Math.max(difference, Math.abs((double) values[i] - entry.getValue()[i]));
        largest = Math.max(largest, Math.abs(values[i]));
      }
    }
    return difference / largest;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static List<MemoryPoolMXBean> heapPools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  private static long heapUsed() {
    return heapPools().stream().mapToLong(pool -> pool.getUsage().getUsed()).sum();
  }

  private static long heapPeak() {
    return heapPools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
  }

  private static void delete(Path folder) throws IOException {
    List<Path> entries;
    try (Stream<Path> walk = Files.walk(folder)) {
      entries = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path entry : entries) {
      Files.delete(entry);
    }
  }
}
