package dev.forgetmenot.studio.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import java.util.List;
import java.util.Set;

/** What axe-core finds on a page, of which nothing serious may stay. */
final class Accessibility {
  private static final Set<String> GRAVE = Set.of("serious", "critical");

  private Accessibility() {}

  /** Looks at what is shown now. */
  static void check(Page page, String shown) {
    var results = new AxeBuilder(page).analyze();
    assertThat(results.getPasses()).as("what axe looked at").hasSizeGreaterThan(10);
    List<String> found =
        results.getViolations().stream()
            .filter(rule -> GRAVE.contains(rule.getImpact()))
            .flatMap(
                rule ->
                    rule.getNodes().stream()
                        .map(
                            node ->
                                rule.getId() + ": " + node.getHtml() + node.getFailureSummary()))
            .toList();
    assertThat(found).as(shown).isEmpty();
  }
}
