package dev.forgetmenot.testkit;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles sources from memory into memory with the compiler of the running JDK. */
final class MemoryCompiler {
  private MemoryCompiler() {}

  /**
   * Compiles.
   *
   * @param sources code by class name
   * @param classPath what the sources see, as {@code -classpath} takes it
   * @return class files by their path in a jar
   * @throws IllegalArgumentException with the compiler's messages if the sources do not compile
   */
  static Map<String, byte[]> compile(Map<String, String> sources, String classPath) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Map<String, ByteArrayOutputStream> classes = new LinkedHashMap<>();
    JavaFileManager files =
        new ForwardingJavaFileManager<JavaFileManager>(
            compiler.getStandardFileManager(null, null, null)) {
          @Override
          public JavaFileObject getJavaFileForOutput(
              Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            classes.put(name.replace('.', '/') + ".class", bytes);
            return new InMemory(name, kind, "", bytes);
          }
        };
    List<InMemory> units =
        sources.entrySet().stream()
            .map(e -> new InMemory(e.getKey(), JavaFileObject.Kind.SOURCE, e.getValue(), null))
            .toList();
    StringWriter messages = new StringWriter();
    List<String> options = List.of("-proc:none", "-classpath", classPath, "--release", "17");
    if (!compiler.getTask(messages, files, null, options, null, units).call()) {
      throw new IllegalArgumentException("the sources do not compile:\n" + messages);
    }
    Map<String, byte[]> result = new LinkedHashMap<>();
    classes.forEach((path, bytes) -> result.put(path, bytes.toByteArray()));
    return result;
  }

  private static final class InMemory extends SimpleJavaFileObject {
    private final String code;
    private final ByteArrayOutputStream bytes; // null for a source

    InMemory(String name, Kind kind, String code, ByteArrayOutputStream bytes) {
      super(URI.create("mem:///" + name.replace('.', '/') + kind.extension), kind);
      this.code = code;
      this.bytes = bytes;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return code;
    }

    @Override
    public OutputStream openOutputStream() {
      return bytes;
    }
  }
}
