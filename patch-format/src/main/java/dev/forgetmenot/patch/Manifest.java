package dev.forgetmenot.patch;

import dev.forgetmenot.patch.archive.PatchArchive;
import dev.forgetmenot.patch.edit.EditDescriptor;
import dev.forgetmenot.patch.edit.EditKind;
import dev.forgetmenot.patch.json.MinorVersion;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The manifest of a patch, up to version 1.5. Members as in docs/patch-format.md.
 *
 * @param version the format's version
 * @param requiredFeatures what a reader must know to read this patch
 * @param name lower case with hyphens
 * @param patchVersion SemVer of the patch itself
 * @param description for people
 * @param license SPDX identifier, or empty
 * @param created UTC, ISO 8601, such as {@code 2026-01-31T12:00:00Z}
 * @param authors may be empty
 * @param intent what is forgotten or corrected
 * @param architecture {@code stable-diffusion-v1}, {@code stable-diffusion-v2-512}, {@code
 *     stable-diffusion-v2-768-v}, {@code stable-diffusion-xl-v1-base} (1.5) or {@code other}
 * @param base what the patch was made on
 * @param edits at least one
 * @param stacking what it says of other patches
 * @param gate how its strength follows the prompt
 * @param recipe enough to run it again
 * @param evidence what was measured; may be empty
 * @param previews images of what it does; may be empty
 * @param entries all files of the archive but mimetype, manifest.json and signatures/
 */
public record Manifest(
    Version version,
    List<String> requiredFeatures,
    String name,
    String patchVersion,
    String description,
    String license,
    String created,
    List<String> authors,
    Intent intent,
    String architecture,
    Base base,
    List<Edit> edits,
    Stacking stacking,
    Optional<PromptGate> gate,
    Recipe recipe,
    List<Evidence> evidence,
    List<PatchPreview> previews,
    List<Entry> entries) {

  /** The newest version that this library knows; it writes the lowest that says everything. */
  public static final Version CURRENT = new Version(1, MinorVersion.NEWEST);

  /** Stable Diffusion XL, as architecture. */
  static final String XL = "stable-diffusion-xl-v1-base";

  /** The component of a second text encoder. */
  static final String SECOND_TEXT_ENCODER = "text_encoder_2";

  /** Most bytes of files of a patch that is not zip64: the rest is for manifest and headers. */
  static final long PLAIN_CAPACITY = PatchArchive.PLAIN_LIMIT - (16 << 20);

  /** Whether an edit is of text embeddings: it then goes with the text encoder. */
  public boolean boundByTextEncoder() {
    return edits.stream().anyMatch(Edit::boundByTextEncoder);
  }

  /** The same with what can be said of it later. */
  Manifest with(
      Stacking stacking,
      Optional<PromptGate> gate,
      List<Evidence> evidence,
      List<PatchPreview> previews,
      List<Entry> entries) {
    return with(version, stacking, gate, evidence, previews, entries);
  }

  private Manifest with(
      Version version,
      Stacking stacking,
      Optional<PromptGate> gate,
      List<Evidence> evidence,
      List<PatchPreview> previews,
      List<Entry> entries) {
    return new Manifest(
        version,
        requiredFeatures,
        name,
        patchVersion,
        description,
        license,
        created,
        authors,
        intent,
        architecture,
        base,
        edits,
        stacking,
        gate,
        recipe,
        evidence,
        previews,
        entries);
  }

  /**
   * The same with the lowest version of the format that expresses all of it.
   *
   * @param plain most bytes of files of a patch that is not zip64
   */
  Manifest lowest(int major, long plain) {
    Version lowest = new Version(major, neededMinor(plain));
    return with(lowest, stacking, gate, evidence, previews, entries);
  }

  /** Whether the archive is zip64; see {@link #lowest}. */
  boolean large(long plain) {
    return entries.stream().mapToLong(Entry::size).sum() > plain;
  }

  /** The lowest minor version of the format that expresses all of it; see {@link #lowest}. */
  int neededMinor(long plain) {
    if (twoTextEncoders()) {
      return MinorVersion.WITH_SECOND_TEXT_ENCODER;
    }
    if (!previews.isEmpty()) {
      return MinorVersion.WITH_PREVIEWS;
    }
    if (large(plain)) {
      return MinorVersion.WITH_ZIP64;
    }
    boolean second =
        gate.isPresent()
            || intent.reason.isPresent()
            || intent.requestedBy.isPresent()
            || intent.concepts.stream().anyMatch(concept -> concept.guide.isPresent());
    boolean first =
        base.textEncoder.isPresent()
            || base.components.values().stream().anyMatch(c -> c.leaves.isEmpty());
    int kinds = edits.stream().mapToInt(edit -> edit.content.minorVersion()).max().orElse(0);
    return Math.max(second ? MinorVersion.WITH_ROWS : first ? MinorVersion.WITH_KINDS : 0, kinds);
  }

  /** Whether it says that its model has two text encoders. */
  public boolean twoTextEncoders() {
    return architecture.equals(XL)
        || base.textEncoder2.isPresent()
        || base.components.containsKey(SECOND_TEXT_ENCODER);
  }

  /** A version of the format. */
  public record Version(int major, int minor) {}

  /**
   * What a patch is for.
   *
   * @param operation {@code forget} or {@code correct}
   * @param concepts what is forgotten or corrected
   * @param reason why, for people
   * @param requestedBy who asked for it, for people
   */
  public record Intent(
      String operation,
      List<IntentConcept> concepts,
      Optional<String> reason,
      Optional<String> requestedBy) {
    /** Copies the list. */
    public Intent {
      concepts = List.copyOf(concepts);
    }

    /** Without reason and requester. */
    public Intent(String operation, List<IntentConcept> concepts) {
      this(operation, concepts, Optional.empty(), Optional.empty());
    }
  }

  /**
   * One concept of an intent.
   *
   * @param label its name
   * @param kind {@code object}, {@code style} or {@code identity}
   * @param prompts that draw it
   * @param guide what it becomes, in words
   */
  public record IntentConcept(
      String label, String kind, List<String> prompts, Optional<String> guide) {
    /** Copies the list. */
    public IntentConcept {
      prompts = List.copyOf(prompts);
    }

    /** Without a guide. */
    public IntentConcept(String label, String kind, List<String> prompts) {
      this(label, kind, prompts, Optional.empty());
    }
  }

  /**
   * The base model.
   *
   * @param components what the edits change, by name: unet, text_encoder, text_encoder_2, vae
   * @param textEncoder of the whole text encoder; there if an edit is of text embeddings
   * @param textEncoder2 the same of a second one; there if the model has one too
   * @param tokenizer digests of the vocabulary
   * @param label what the base was called, for people
   * @param policy how near a base must be: exact, same-values, same-text-encoder or
   *     same-architecture
   */
  public record Base(
      Map<String, Component> components,
      Optional<Roots> textEncoder,
      Optional<Roots> textEncoder2,
      Optional<Tokenizer> tokenizer,
      String label,
      String policy) {
    /** Copies the map, sorted. */
    public Base {
      components = Collections.unmodifiableMap(new TreeMap<>(components));
    }

    /** Of a model with one text encoder. */
    public Base(
        Map<String, Component> components,
        Optional<Roots> textEncoder,
        Optional<Tokenizer> tokenizer,
        String label,
        String policy) {
      this(components, textEncoder, Optional.empty(), tokenizer, label, policy);
    }
  }

  /**
   * Roots over the touched leaves of one component, hex.
   *
   * @param exact over the stored bytes
   * @param f16 over the values rounded to half
   * @param touched how many tensors the edits change
   * @param leaves by canonical name: the f16 leaf of each touched tensor, so that a reader can say
   *     which tensors differ; empty where only the roots are kept
   */
  public record Component(String exact, String f16, int touched, Map<String, String> leaves) {
    /** Copies the map, sorted. */
    public Component {
      leaves = Collections.unmodifiableMap(new TreeMap<>(leaves));
    }
  }

  /** Roots over all leaves of a component, hex: over the stored bytes, and rounded to half. */
  public record Roots(String exact, String f16) {}

  /** SHA-256 of vocab.json and merges.txt, hex. */
  public record Tokenizer(String vocabSha256, String mergesSha256) {}

  /**
   * One edit: the tensors of one entry of the archive, for one component.
   *
   * @param strength how strongly it may be applied
   * @param content what hangs on its kind
   */
  public record Edit(
      String id, String component, String entry, Strength strength, EditDescriptor content) {
    /** Its kind. */
    public EditKind kind() {
      return content.kind();
    }

    /** Whether it is of text embeddings, and not of the values of what it changes. */
    public boolean boundByTextEncoder() {
      return kind().boundByTextEncoder();
    }
  }

  /** How strongly an edit may be applied. */
  public record Strength(double standard, double min, double max) {}

  /** Patch names or ids. */
  public record Stacking(
      long priority, List<String> conflictsWith, List<String> requires, List<String> supersedes) {
    /** Says nothing of other patches. */
    public static final Stacking NONE = new Stacking(0, List.of(), List.of(), List.of());
  }

  /**
   * How the patch was made.
   *
   * @param method name of the editor
   * @param parameters every hyper-parameter as its text
   * @param seed seed of all its random numbers
   * @param steps optimizer steps, 0 where nothing is trained
   * @param tool name of the program
   * @param toolVersion its version
   * @param trainingImages SHA-256 of the images' pixels or files, hex; in order
   */
  public record Recipe(
      String method,
      Map<String, String> parameters,
      long seed,
      int steps,
      String tool,
      String toolVersion,
      List<String> trainingImages) {
    /** Copies the collections. */
    public Recipe {
      parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
      trainingImages = List.copyOf(trainingImages);
    }

    /** The same with more parameters; one of the same name replaces the earlier. */
    public Recipe with(Map<String, String> more) {
      Map<String, String> all = new TreeMap<>(parameters);
      all.putAll(more);
      return new Recipe(method, all, seed, steps, tool, toolVersion, trainingImages);
    }
  }

  /** A measurement before and after. */
  public record Evidence(
      String prompt, long seed, int steps, String metric, double before, double after) {}

  /** A file of the archive. */
  public record Entry(String path, long size, String sha256, String mediaType) {}
}
