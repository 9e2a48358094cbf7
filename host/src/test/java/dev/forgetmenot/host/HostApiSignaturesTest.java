package dev.forgetmenot.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What plugins compile against changes incompatibly only with the major version: the signatures of
 * host-api and editor-kit are compared with the file {@code signatures.txt} of each. After a change
 * that is meant, {@code -Dfmn.signatures.write=true} writes the files anew.
 */
public class HostApiSignaturesTest {
  private static Set<String> signatures(JavaClasses classes) {
    Set<String> lines = new TreeSet<>();
    for (JavaClass type : classes) {
      if (isOpen(type)) {
        lines.add(line(type));
        type.getMembers().stream()
            .filter(HostApiSignaturesTest::isOpen)
            .forEach(member -> lines.add(line(member)));
      }
    }
    return lines;
  }

  private static boolean isOpen(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(HostApiSignaturesTest::isOpen).orElse(true);
  }

  private static boolean isOpen(JavaMember member) {
    Set<JavaModifier> modifiers = member.getModifiers();
    return !modifiers.contains(JavaModifier.SYNTHETIC)
        && (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED));
  }

  private static String line(JavaClass type) {
    return type.getName()
        + ": "
        + modifiers(type.getModifiers())
        + (type.isInterface() ? "interface" : type.isRecord() ? "record" : "class")
        + Stream.concat(
                type.getSuperclass().map(JavaType::getName).stream(),
                type.getInterfaces().stream().map(JavaType::getName).sorted())
            .collect(Collectors.joining(", ", " of ", ""));
  }

  private static String line(JavaMember member) {
    String of =
        member instanceof JavaField field
            ? " " + field.getType().getName()
            : member instanceof JavaCodeUnit code
                ? names(code.getParameterTypes()) + " " + code.getReturnType().getName()
                : "";
    return member.getOwner().getName()
        + "."
        + member.getName()
        + of
        + " "
        + modifiers(member.getModifiers());
  }

  private static String names(List<JavaType> types) {
    return types.stream().map(JavaType::getName).collect(Collectors.joining(", ", "(", ")"));
  }

  private static String modifiers(Set<JavaModifier> modifiers) {
    return modifiers.stream()
        .filter(m -> m != JavaModifier.PUBLIC && m != JavaModifier.SYNTHETIC)
        .map(modifier -> modifier.name().toLowerCase(Locale.ROOT) + " ")
        .sorted()
        .collect(Collectors.joining());
  }

  /**
   * What breaks a plugin that was compiled against the first: lines that are gone, and methods that
   * it would have to implement now.
   */
  private static Set<String> broken(Set<String> before, Set<String> now) {
    Set<String> broken = new TreeSet<>(before);
    broken.removeAll(now);
    now.stream()
        .filter(line -> line.endsWith("abstract ") && line.contains("("))
        .filter(line -> !before.contains(line))
        .filter(line -> hasOwner(before, line))
        .forEach(broken::add);
    return broken;
  }

  private static boolean hasOwner(Set<String> lines, String method) {
    String owner = method.substring(0, method.lastIndexOf('.', method.indexOf('(')));
    return lines.stream().anyMatch(line -> line.startsWith(owner + ": "));
  }

  private static String major(String version) {
    return version.substring(0, version.indexOf('.'));
  }

  @ParameterizedTest
  @ValueSource(strings = {"host-api", "editor-kit"})
  void pluginsGoOnWithinAMajorVersion(String name) throws IOException {
    Path module = GoldenFolders.inProject(name + "/pom.xml").getParent();
    Path file = module.resolve("signatures.txt");
    JavaClasses classes = new ClassFileImporter().importPath(module.resolve("target/classes"));
    String version = HostVersions.read().hostApi();
    assertThat(module.resolve("pom.xml")).content().contains("<version>" + version + "</version>");
    Set<String> now = signatures(classes);
    assertThat(now).hasSizeGreaterThan(100);
    if (Boolean.getBoolean("fmn.signatures.write")) {
      List<String> lines = new ArrayList<>(List.of(name + " " + version));
      lines.addAll(now);
      Files.write(file, lines, StandardCharsets.UTF_8);
    }
    List<String> lines = Files.readString(file, StandardCharsets.UTF_8).lines().toList();
    String known = lines.get(0).substring(name.length() + 1);
    Set<String> before = new TreeSet<>(lines.subList(1, lines.size()));
    if (major(version).equals(major(known))) {
      assertThat(broken(before, now))
          .as(
              "incompatible with %s %s: raise the major version, or give the old signature back;"
                  + " before a release, -Dfmn.signatures.write=true",
              name, known)
          .isEmpty();
    }
    assertThat(lines.get(0) + now)
        .as("%s/signatures.txt is of another state: -Dfmn.signatures.write=true", name)
        .isEqualTo(name + " " + version + before);
  }

  @Test
  void whatBreaksIsSeen() {
    Set<String> before =
        signatures(new ClassFileImporter().importClasses(Before.class, Before.Kept.class));
    Set<String> now = new TreeSet<>();
    signatures(new ClassFileImporter().importClasses(Now.class, Now.Kept.class))
        .forEach(line -> now.add(line.replace("$Now", "$Before")));
    assertThat(broken(before, now))
        .hasSize(4)
        .anyMatch(line -> line.contains(".gone("))
        .anyMatch(line -> line.contains(".changed(int) int"))
        .anyMatch(line -> line.contains(".changed(int) long")) // to be implemented now
        .anyMatch(line -> line.contains(".toImplement("));
    assertThat(broken(before, before)).isEmpty();
  }

  /** A small API. */
  public interface Before {
    /** Goes. */
    void gone();

    /** Gets another type. */
    int changed(int argument);

    /** Stays. */
    default void stays() {}

    /** Stays. */
    record Kept(int value) {}
  }

  /** The same, changed. */
  public interface Now {
    /** The other type. */
    long changed(int argument);

    /** New, and to be implemented. */
    void toImplement();

    /** New, and harmless. */
    default void more() {}

    /** Stays. */
    default void stays() {}

    /** Stays. */
    record Kept(int value) {}
  }
}
