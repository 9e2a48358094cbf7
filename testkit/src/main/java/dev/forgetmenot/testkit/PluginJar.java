package dev.forgetmenot.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * Builds a plugin jar as a plugin's own build would: compiled classes, a manifest with the plugin's
 * data and the index of extensions.
 *
 * <pre>{@code
 * Path jar = PluginJar.of("a-plugin", "1.0.0")
 *     .requires(">=1.0.0")
 *     .extension("x.A", "package x; public class A implements ...")
 *     .write(folder);
 * }</pre>
 */
public final class PluginJar {
  private final String id;
  private final Attributes attributes = new Attributes();
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final List<String> extensions = new ArrayList<>();
  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private String classPath = System.getProperty("java.class.path");

  private PluginJar(String id, String version) {
    this.id = id;
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attribute("Plugin-Id", id);
    attribute("Plugin-Version", version);
    requires("*");
  }

  /** A plugin without anything yet. */
  public static PluginJar of(String id, String version) {
    return new PluginJar(id, version);
  }

  /** The versions of host-api that it works with, such as {@code >=3.0.0 & <4.0.0}. */
  public PluginJar requires(String versions) {
    return attribute("Plugin-Requires", versions);
  }

  /** Another line of the manifest. */
  public PluginJar attribute(String name, String value) {
    attributes.putValue(name, value);
    return this;
  }

  /** Leaves a line of the manifest out. */
  public PluginJar without(String name) {
    attributes.remove(new Attributes.Name(name));
    return this;
  }

  /** A class to compile. */
  public PluginJar source(String className, String code) {
    sources.put(className, code);
    return this;
  }

  /** A class to compile that is the plugin's own start and stop. */
  public PluginJar pluginClass(String className, String code) {
    return source(className, code).attribute("Plugin-Class", className);
  }

  /** A class to compile that is an extension. */
  public PluginJar extension(String className, String code) {
    extensions.add(className);
    return source(className, code);
  }

  /** A file of any content. */
  public PluginJar entry(String path, byte[] content) {
    entries.put(path, content);
    return this;
  }

  /** What the sources are compiled against, instead of the class path of the running test. */
  public PluginJar compiledAgainst(String path) {
    classPath = path;
    return this;
  }

  /**
   * Compiles and packs.
   *
   * @param folder where to put {@code <id>.jar}
   * @return the jar
   * @throws IllegalArgumentException if a source does not compile
   */
  public Path write(Path folder) throws IOException {
    Map<String, byte[]> content = new LinkedHashMap<>();
    String index = String.join("\n", extensions) + "\n";
    content.put("META-INF/extensions.idx", index.getBytes(StandardCharsets.UTF_8));
    if (!sources.isEmpty()) {
      content.putAll(MemoryCompiler.compile(sources, classPath));
    }
    content.putAll(entries);
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().putAll(attributes);
    Files.createDirectories(folder);
    Path jar = folder.resolve(id + ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      for (Map.Entry<String, byte[]> entry : content.entrySet()) {
        out.putNextEntry(new JarEntry(entry.getKey()));
        out.write(entry.getValue());
        out.closeEntry();
      }
    }
    return jar;
  }
}
