package dev.forgetmenot.host.earlier;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was written by the program before version 3.0 of host-api, and what it did to the model: the
 * patches of the folder and {@code facts.json} beside them. Members are in the order of the file.
 */
final class EarlierPatches {
  /** The model that the patches were made on. */
  static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");

  /** The patches. */
  static final Path FOLDER = MODEL.resolve("../../patches-before-3.0").normalize();

  private static final Path FACTS = FOLDER.resolve("facts.json");
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /** SHA-256 over the values of all weights of the model without patches. */
  String base = "";

  /** By the name of the file. */
  Map<String, Patch> patches = new TreeMap<>();

  /** Several at once, by a name. */
  Map<String, Stack> stacks = new TreeMap<>();

  /** What is known of one patch. */
  static final class Patch {
    String id = "";
    String sha256 = "";

    /** The format's version. */
    String version = "";

    /** Kinds of its edits in the order of the manifest. */
    List<String> kinds = new ArrayList<>();

    /** Ids of the keys that signed it, in the file and beside it. */
    List<String> keys = new ArrayList<>();

    /** The exit code of {@code fmn patch verify} for a user who trusts the keys of the folder. */
    int verify;

    /** What it does, by its strength. */
    Map<String, Effect> at = new TreeMap<>();
  }

  /** What is known of several patches together. */
  static final class Stack {
    /** Strengths by file. */
    Map<String, Double> patches = new TreeMap<>();

    Effect effect = new Effect();
  }

  /** What the model is under patches. */
  static final class Effect {
    /** SHA-256 of the values of each weight that is not the base's, FLOAT32, little endian. */
    Map<String, String> weights = new TreeMap<>();

    /** The embedding of a prompt with each added token: its first values at the token's place. */
    Map<String, List<Double>> tokens = new TreeMap<>();
  }

  /** Reads what is known. */
  static EarlierPatches read() throws IOException {
    return GSON.fromJson(Files.readString(FACTS, StandardCharsets.UTF_8), EarlierPatches.class);
  }

  /** Writes it down. */
  void write() throws IOException {
    Files.writeString(FACTS, GSON.toJson(this) + "\n", StandardCharsets.UTF_8);
  }
}
