package dev.forgetmenot.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.testkit.GoldenFolders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The diagram of modules in docs/architecture.md, beside the POMs. */
class ArchitecturePageTest {
  private static final Pattern ARROW = Pattern.compile("(?m)^  ([a-z-]+) --> ([a-z-]+)$");
  private static final Path ROOT = GoldenFolders.inProject("host/pom.xml").getParent().getParent();

  @Test
  void theDiagramShowsWhatThePomsSay() throws Exception {
    Map<String, Set<String>> poms = new TreeMap<>();
    for (String module : texts(ROOT.resolve("pom.xml"), "module").toList()) {
      if (!module.startsWith("testkit")) {
        poms.put(module, used(ROOT.resolve(module).resolve("pom.xml")));
      }
    }
    Map<String, Set<String>> drawn = new TreeMap<>();
    poms.keySet().forEach(module -> drawn.put(module, new TreeSet<>()));
    ARROW
        .matcher(Files.readString(ROOT.resolve("docs/architecture.md")))
        .results()
        .forEach(arrow -> drawn.get(arrow.group(1)).add(arrow.group(2)));
    assertThat(reached(drawn)).isEqualTo(reached(poms));
    drawn.forEach(
        (module, direct) ->
            assertThat(direct)
                .as("arrows of " + module + " that another arrow says already")
                .noneMatch(
                    one ->
                        direct.stream()
                            .anyMatch(
                                other ->
                                    !other.equals(one)
                                        && reached(drawn).get(other).contains(one))));
  }

  /** What a module uses, directly or through another. */
  private static Map<String, Set<String>> reached(Map<String, Set<String>> direct) {
    Map<String, Set<String>> all = new TreeMap<>();
    direct.forEach((module, used) -> all.put(module, new TreeSet<>(used)));
    for (String ignored : direct.keySet()) {
      all.values()
          .forEach(
              used ->
                  used.addAll(
                      used.stream()
                          .flatMap(one -> all.get(one).stream())
                          .collect(Collectors.toSet())));
    }
    return all;
  }

  /** Our modules that main code of a POM depends on. */
  private static Set<String> used(Path pom) throws Exception {
    Set<String> used = new TreeSet<>();
    NodeList dependencies = root(pom).getElementsByTagName("dependency");
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      if (text(dependency, "groupId").equals("dev.forgetmenot")
          && !text(dependency, "scope").equals("test")) {
        String module = text(dependency, "artifactId").replaceFirst("^fmn-", "");
        if (!module.startsWith("testkit")) {
          used.add(module);
        }
      }
    }
    return used;
  }

  private static Stream<String> texts(Path pom, String tag) throws Exception {
    NodeList found = root(pom).getElementsByTagName(tag);
    return Stream.iterate(0, i -> i < found.getLength(), i -> i + 1)
        .map(i -> found.item(i).getTextContent().strip());
  }

  private static String text(Element parent, String tag) {
    NodeList found = parent.getElementsByTagName(tag);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
  }

  private static Element root(Path pom) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(pom.toFile())
        .getDocumentElement();
  }
}
