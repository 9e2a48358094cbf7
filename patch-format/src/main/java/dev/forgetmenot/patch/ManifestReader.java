package dev.forgetmenot.patch;

import dev.forgetmenot.patch.archive.PatchArchive;
import dev.forgetmenot.patch.edit.EditDescriptor;
import dev.forgetmenot.patch.edit.EditKind;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.patch.json.MinorVersion;
import dev.forgetmenot.patch.json.StrictJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Reads manifest.json by the version rule and the limits of docs/patch-format.md. */
final class ManifestReader {
  static final String HEX = "[0-9a-f]{64}";
  static final int MOST_TOUCHED = 100_000;
  private static final Set<String> KNOWN_FEATURES = Set.of();

  private ManifestReader() {}

  static Manifest read(String file, byte[] bytes) throws PatchFormatException {
    return read(file, bytes, ignored -> {});
  }

  /**
   * Reads and checks one.
   *
   * @param ignored gets what of a newer minor version was ignored
   */
  static Manifest read(String file, byte[] bytes, Consumer<String> ignored)
      throws PatchFormatException {
    String where = file + ": manifest.json";
    Map<String, Object> json = StrictJson.read(where, bytes);
    // The version decides how the rest is read.
    JsonObjectReader first = new JsonObjectReader(where, json, true);
    first.oneOf("format", List.of("fmnpatch"));
    Manifest.Version version = first.object("version", ManifestReader::version);
    if (version.major() != Manifest.CURRENT.major()) {
      throw new PatchFormatException(
          PatchError.MAJOR_VERSION,
          where,
          "version " + version.major() + "." + version.minor() + ": use a newer fmn");
    }
    List<String> features = first.texts("requiredFeatures");
    for (String feature : features) {
      if (!KNOWN_FEATURES.contains(feature)) {
        throw new PatchFormatException(
            PatchError.FEATURE, where, "needs the feature '" + feature + "': use a newer fmn");
      }
    }
    JsonObjectReader members = new JsonObjectReader(where, json, version.minor(), ignored);
    members.ignore("extensions");
    Manifest manifest = manifest(members, version, features);
    members.end();
    ManifestCheck.run(where, manifest);
    return manifest;
  }

  static Manifest.Version version(JsonObjectReader m) throws PatchFormatException {
    return new Manifest.Version(
        (int) m.integer("major", 0, 9999), (int) m.integer("minor", 0, 9999));
  }

  private static Manifest manifest(
      JsonObjectReader m, Manifest.Version version, List<String> features)
      throws PatchFormatException {
    m.text("format");
    m.object("version", ManifestReader::version);
    m.texts("requiredFeatures");
    return new Manifest(
        version,
        features,
        m.text("name", "[a-z0-9][a-z0-9._-]{0,95}"),
        m.text("patchVersion", PatchMetadata.SEMVER),
        m.text("description"),
        m.text("license"),
        created(m),
        m.texts("authors"),
        m.object("intent", ManifestReader::intent),
        m.oneOf(
            "architecture",
            List.of(
                "stable-diffusion-v1",
                "stable-diffusion-v2-512",
                "stable-diffusion-v2-768-v",
                Manifest.XL,
                "other")),
        m.object("base", ManifestReader::base),
        m.objects("edits", ManifestReader::edit),
        m.object("stacking", ManifestReader::stacking),
        m.has("gate", MinorVersion.WITH_ROWS)
            ? m.object("gate", ManifestReader::gate)
            : Optional.empty(),
        m.object("recipe", ManifestReader::recipe),
        m.objects("evidence", ManifestReader::evidence),
        m.has("previews", MinorVersion.WITH_PREVIEWS) ? previews(m) : List.of(),
        m.objects("entries", ManifestReader::entry));
  }

  private static String created(JsonObjectReader m) throws PatchFormatException {
    String text = m.text("created", "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z");
    try {
      Instant.parse(text);
      return text;
    } catch (DateTimeException e) {
      throw m.wrong("created", "'" + text + "' is not a time that there was");
    }
  }

  private static Manifest.Intent intent(JsonObjectReader m) throws PatchFormatException {
    return new Manifest.Intent(
        m.oneOf("operation", List.of("forget", "correct")),
        m.objects(
            "concepts",
            c ->
                new Manifest.IntentConcept(
                    c.text("label"),
                    c.oneOf("kind", List.of("object", "style", "identity")),
                    c.texts("prompts"),
                    c.findText("guide", MinorVersion.WITH_ROWS))),
        m.findText("reason", MinorVersion.WITH_ROWS),
        m.findText("requestedBy", MinorVersion.WITH_ROWS));
  }

  private static Manifest.Base base(JsonObjectReader m) throws PatchFormatException {
    return new Manifest.Base(
        m.map("components", ManifestReader::component),
        m.find("textEncoder", ManifestReader::roots),
        m.has("textEncoder2", MinorVersion.WITH_SECOND_TEXT_ENCODER)
            ? m.find("textEncoder2", ManifestReader::roots)
            : Optional.empty(),
        m.find(
            "tokenizer",
            t -> new Manifest.Tokenizer(t.text("vocabSha256", HEX), t.text("mergesSha256", HEX))),
        m.text("label"),
        m.oneOf(
            "policy", List.of("exact", "same-values", "same-text-encoder", "same-architecture")));
  }

  private static Manifest.Roots roots(JsonObjectReader m) throws PatchFormatException {
    return new Manifest.Roots(m.text("exact", HEX), m.text("f16", HEX));
  }

  private static Manifest.Component component(JsonObjectReader m) throws PatchFormatException {
    String exact = m.text("exact", HEX);
    String f16 = m.text("f16", HEX);
    if (m.has("leaves")) {
      Map<String, String> leaves = m.textMap("leaves", HEX);
      return new Manifest.Component(exact, f16, leaves.size(), leaves);
    }
    return new Manifest.Component(
        exact, f16, (int) m.integer("touched", 1, MOST_TOUCHED), Map.of());
  }

  private static Manifest.Edit edit(JsonObjectReader m) throws PatchFormatException {
    String id = m.text("id");
    EditDescriptor content = EditKind.read(id, m);
    return new Manifest.Edit(
        id,
        m.text("component", TargetPattern.COMPONENTS),
        m.text("entry"),
        m.object(
            "strength",
            s -> new Manifest.Strength(s.number("default"), s.number("min"), s.number("max"))),
        content);
  }

  private static Manifest.Stacking stacking(JsonObjectReader m) throws PatchFormatException {
    return new Manifest.Stacking(
        m.integer("priority", -1_000_000, 1_000_000),
        m.texts("conflictsWith"),
        m.texts("requires"),
        m.texts("supersedes"));
  }

  /** A gate is an offer: one of a kind that is not known is ignored in a newer file. */
  private static Optional<PromptGate> gate(JsonObjectReader m) throws PatchFormatException {
    String kind = m.text("kind");
    if (!kind.equals(PromptGate.PROMPT_COSINE)) {
      if (m.tolerant()) {
        m.ignored("is of the unknown kind '" + kind + "'");
        return Optional.empty();
      }
      throw m.wrong("kind", "'" + kind + "' is unknown");
    }
    double from = m.number("from");
    double to = m.number("to");
    if (!(from >= -1 && from < to && to <= 1)) {
      throw m.wrong("from", "should be less than 'to', both cosines in [-1, 1]");
    }
    return Optional.of(new PromptGate(kind, from, to));
  }

  private static Manifest.Recipe recipe(JsonObjectReader m) throws PatchFormatException {
    return new Manifest.Recipe(
        m.text("method"),
        m.textMap("parameters", ".*"),
        m.integer("seed", 0, Long.MAX_VALUE),
        (int) m.integer("steps", 0, Integer.MAX_VALUE),
        m.text("tool"),
        m.text("toolVersion"),
        m.texts("trainingImages"));
  }

  private static Manifest.Evidence evidence(JsonObjectReader m) throws PatchFormatException {
    return new Manifest.Evidence(
        m.text("prompt"),
        m.integer("seed", 0, Long.MAX_VALUE),
        (int) m.integer("steps", 0, Integer.MAX_VALUE),
        m.text("metric"),
        m.number("before"),
        m.number("after"));
  }

  private static List<PatchPreview> previews(JsonObjectReader m) throws PatchFormatException {
    List<PatchPreview> previews = m.objects("previews", ManifestReader::preview);
    if (previews.size() > PatchPreview.MOST) {
      throw m.wrong("previews", "has " + previews.size() + " images; at most " + PatchPreview.MOST);
    }
    return previews;
  }

  private static PatchPreview preview(JsonObjectReader m) throws PatchFormatException {
    return new PatchPreview(
        m.text("entry"),
        m.oneOf("side", List.of("before", "after")).equals("before")
            ? PatchPreview.Side.BEFORE
            : PatchPreview.Side.AFTER,
        m.text("prompt"),
        seed(m),
        m.number("strength"));
  }

  /** A whole number as text: many readers of JSON round one from 2^53 on. */
  private static long seed(JsonObjectReader m) throws PatchFormatException {
    String text = m.text("seed", "0|[1-9][0-9]{0,18}");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw m.wrong("seed", text + " is more than 2^63 - 1");
    }
  }

  private static Manifest.Entry entry(JsonObjectReader m) throws PatchFormatException {
    return new Manifest.Entry(
        m.text("path"),
        m.integer("size", 0, PatchArchive.FILE_LIMIT),
        m.text("sha256", HEX),
        m.text("mediaType"));
  }
}
