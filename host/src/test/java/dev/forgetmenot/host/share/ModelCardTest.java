package dev.forgetmenot.host.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.files.TerminalEscaper;
import dev.forgetmenot.kit.yaml.YamlException;
import dev.forgetmenot.kit.yaml.YamlFile;
import dev.forgetmenot.kit.yaml.YamlMap;
import dev.forgetmenot.kit.yaml.YamlValue;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchPreview;
import dev.forgetmenot.patch.PromptGate;
import dev.forgetmenot.patching.trust.SignedPatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Emphasis;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.StrongEmphasis;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCardTest {
  private static final String PLAIN = "a photo of x";

  /** A manifest of which every free text is one of a stranger. */
  private static Manifest manifest(String text, String license) {
    return new Manifest(
        new Manifest.Version(1, 4),
        List.of(),
        "forget-x",
        "1.0.0",
        text,
        license,
        "2026-01-02T03:04:05Z",
        List.of(text, text),
        new Manifest.Intent(
            "forget", List.of(new Manifest.IntentConcept(text, "object", List.of(text)))),
        "stable-diffusion-v1",
        new Manifest.Base(
            Map.of("unet", new Manifest.Component("a".repeat(64), "b".repeat(64), 33, Map.of())),
            Optional.of(new Manifest.Roots("c".repeat(64), "d".repeat(64))),
            Optional.of(new Manifest.Tokenizer("e".repeat(64), "f".repeat(64))),
            text,
            "same-values"),
        List.of(),
        Manifest.Stacking.NONE,
        Optional.of(new PromptGate(PromptGate.PROMPT_COSINE, 0.25, 0.5)),
        new Manifest.Recipe(text, Map.of(text, text), 7, 0, text, text, List.of()),
        List.of(new Manifest.Evidence(text, 1, 20, text, 1, 0.125)),
        List.of(
            new PatchPreview("docs/preview-1.png", PatchPreview.Side.BEFORE, text, 7, 0),
            new PatchPreview("docs/preview-2.png", PatchPreview.Side.AFTER, text, 7, 1)),
        List.of());
  }

  private static ModelCard card(Manifest manifest) {
    return new ModelCard(
        manifest,
        new SignedPatch(Path.of("x"), manifest.name(), "1".repeat(64), List.of()),
        "forget-x-1.0.0.fmnpatch",
        Optional.of(new ModelCard.Lora("forget-x.safetensors", true)),
        Optional.of("someone/a-base"));
  }

  private record Page(YamlMap yaml, Seen seen) {
    static Page of(String text) {
      assertThat(text).startsWith("---\n");
      int end = text.indexOf("\n---\n", 3);
      YamlMap yaml =
          new YamlFile("card", 1 << 20).parse(Path.of("README.md"), text.substring(4, end + 1));
      Seen seen = new Seen();
      Parser.builder().build().parse(text.substring(end + 5)).accept(seen);
      return new Page(yaml, seen);
    }
  }

  /** What a renderer makes of a page. */
  private static final class Seen extends AbstractVisitor {
    final List<String> html = new ArrayList<>();
    final List<String> marked = new ArrayList<>();
    final List<String> images = new ArrayList<>();
    final List<String> headings = new ArrayList<>();
    final StringBuilder text = new StringBuilder();

    @Override
    public void visit(HtmlBlock node) {
      html.add(node.getLiteral());
    }

    @Override
    public void visit(HtmlInline node) {
      html.add(node.getLiteral());
    }

    @Override
    public void visit(Link node) {
      mark(node);
    }

    @Override
    public void visit(Emphasis node) {
      mark(node);
    }

    @Override
    public void visit(StrongEmphasis node) {
      mark(node);
    }

    private void mark(Node node) {
      marked.add(node.toString());
      visitChildren(node);
    }

    @Override
    public void visit(Image node) {
      images.add(node.getDestination());
    }

    @Override
    public void visit(Heading node) {
      headings.add(((Text) node.getFirstChild()).getLiteral());
    }

    @Override
    public void visit(Text node) {
      text.append(node.getLiteral());
    }

    @Override
    public void visit(Code node) {
      text.append('`').append(node.getLiteral()).append('`');
    }
  }

  private static List<String> texts(YamlValue list) {
    return list.list().stream().map(YamlValue::text).toList();
  }

  private static final List<String> HEADINGS =
      List.of("forget-x", "What it is", "Use", "Base", "Measured", "Signed", "Not claimed");

  @Test
  void saysWhatThePatchSays() {
    Page page = Page.of(card(manifest(PLAIN, "CC0-1.0")).text());
    YamlMap yaml = page.yaml();
    assertThat(yaml.take("license").orElseThrow().text()).isEqualTo("cc0-1.0");
    assertThat(yaml.take("base_model").orElseThrow().text()).isEqualTo("someone/a-base");
    assertThat(yaml.take("base_model_relation").orElseThrow().text()).isEqualTo("adapter");
    assertThat(yaml.take("library_name").orElseThrow().text()).isEqualTo("diffusers");
    assertThat(yaml.take("pipeline_tag").orElseThrow().text()).isEqualTo("text-to-image");
    assertThat(texts(yaml.take("tags").orElseThrow()))
        .containsExactly(
            "text-to-image",
            "stable-diffusion",
            "stable-diffusion-diffusers",
            "diffusers",
            "lora",
            "template:sd-lora",
            "concept-erasure",
            "fmnpatch");
    assertThat(yaml.has("instance_prompt")).isTrue();
    assertThat(yaml.take("instance_prompt")).isEmpty(); // null
    List<YamlValue> widget = yaml.take("widget").orElseThrow().list();
    yaml.requireNothingElse(List.of());
    assertThat(widget).hasSize(2);
    YamlMap first = widget.get(0).map();
    assertThat(first.take("text").orElseThrow().text()).isEqualTo(PLAIN + " (without the patch)");
    YamlMap output = first.take("output").orElseThrow().map();
    assertThat(output.take("url").orElseThrow().text()).isEqualTo("images/0.png");
    assertThat(widget.get(1).map().take("text").orElseThrow().text())
        .isEqualTo(PLAIN + " (with the patch at strength 1.0)");
    Seen seen = page.seen();
    assertThat(seen.html).containsExactly("<Gallery />");
    assertThat(seen.images).containsExactly("images/0.png", "images/1.png");
    assertThat(seen.headings).isEqualTo(HEADINGS);
    assertThat(seen.marked).isEmpty();
    assertThat(seen.text)
        .contains("lets a model forget \"a photo of x\" (object)")
        .contains("id: `" + "1".repeat(64))
        .contains("| unet, 33 tensors | exact | `" + "a".repeat(64) + "` |")
        .contains("| text encoder, all tensors | rounded to half | `" + "d".repeat(64))
        .contains("| tokenizer | merges | `" + "f".repeat(64))
        .contains("| a photo of x | a photo of x | 1.000 | 0.125 |")
        .contains("same-values: the tensors that the patch changes must have these values")
        .contains("on the base below alone")
        .contains("The LoRA acts on all prompts")
        .contains("No key has signed it.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no",
        "0x1F",
        "null",
        "- a\n- b",
        "---\nlicense: mit\n---\n# Other",
        "x: {y: [\"z\", 'w']} # &a *a !tag %x @y",
        "\"; \\",
        "a\tb\u0000c\u001b[31md\u0085e\u2028f\ufeffg\u202eh\u200bi",
        "<script>alert(1)</script><Gallery /><img src=x onerror=y>&lt;b&gt;",
        "</td></tr><!-- x",
        "[click](https://evil.example) ![x](https://evil.example/a.png) <https://evil.example>",
        "https://evil.example www.evil.example someone@evil.example",
        "[a]: https://evil.example\n\n[a]",
        "**bold** _under_ ~~gone~~ `code` ``` x\n```\n| a | b |\n|---|---|",
        "# Heading\n\n## Base\n\nSetext\n===\n\n> quote\n\n    code",
        "1. one",
        "2) two",
        "+ plus",
        "* * *",
        "$$x^2$$ \\(a\\) \\\\(b\\\\)",
        "\ud83d\ude00 \u6885\u6797 Zauberer in gr\u00fcn",
      })
  void textsOfStrangersStayTexts(String text) {
    String card = card(manifest(text, text)).text();
    Page page = Page.of(card);
    YamlMap yaml = page.yaml();
    assertThat(yaml.take("license").orElseThrow().text()).isEqualTo("other");
    assertThat(yaml.take("license_name").orElseThrow().text()).isEqualTo(text);
    yaml.takeAll(
        List.of(
            "base_model",
            "base_model_relation",
            "library_name",
            "pipeline_tag",
            "tags",
            "instance_prompt"));
    YamlMap widget = yaml.take("widget").orElseThrow().list().get(0).map();
    assertThat(widget.take("text").orElseThrow().text()).isEqualTo(text + " (without the patch)");
    widget.takeAll(List.of("output"));
    widget.requireNothingElse(List.of());
    yaml.requireNothingElse(List.of());
    Seen seen = page.seen();
    assertThat(seen.html).containsExactly("<Gallery />");
    assertThat(seen.images).containsExactly("images/0.png", "images/1.png");
    assertThat(seen.headings).isEqualTo(HEADINGS);
    assertThat(seen.marked).isEmpty();
    String line = TerminalEscaper.field(text.replaceAll("\\s*\\R\\s*", " ")).strip();
    assertThat(seen.text)
        .contains("made on: " + line)
        .contains("| " + line + " | " + line + " | 1.000 | 0.125 |");
    String front = card.substring(0, card.indexOf("\n---\n", 4));
    assertThat(front.getBytes(StandardCharsets.UTF_8)).as("in ASCII").hasSize(front.length());
    String page2 = card.substring(front.length());
    assertThat(page2).doesNotContain("$$", "\\(", "https://", "www.e");
  }

  @Test
  void nothingIsGuessed() {
    Manifest manifest = manifest(PLAIN, "");
    ModelCard card =
        new ModelCard(
            without(manifest),
            new SignedPatch(Path.of("x"), manifest.name(), "1".repeat(64), List.of()),
            "forget-x-1.0.0.fmnpatch",
            Optional.empty(),
            Optional.empty());
    Page page = Page.of(card.text());
    YamlMap yaml = page.yaml();
    assertThat(texts(yaml.take("tags").orElseThrow()))
        .containsExactly("text-to-image", "stable-diffusion", "concept-erasure", "fmnpatch");
    yaml.takeAll(List.of("pipeline_tag", "instance_prompt"));
    yaml.requireNothingElse(List.of()); // no license, base_model, library_name, widget
    assertThat(page.seen().html).isEmpty();
    assertThat(page.seen().text)
        .contains("licence: none is named", "The patch holds no measurements.")
        .doesNotContain("LoRA, exact");
  }

  private static Manifest without(Manifest one) {
    return new Manifest(
        one.version(),
        one.requiredFeatures(),
        one.name(),
        one.patchVersion(),
        one.description(),
        one.license(),
        one.created(),
        List.of(),
        one.intent(),
        one.architecture(),
        one.base(),
        one.edits(),
        one.stacking(),
        Optional.empty(),
        one.recipe(),
        List.of(),
        List.of(),
        List.of());
  }

  @Test
  void licencesAreThoseOfTheHub() {
    assertThat(HubLicense.members("Apache-2.0")).isEqualTo(Map.of("license", "apache-2.0"));
    assertThat(HubLicense.members("LicenseRef-mine"))
        .isEqualTo(Map.of("license", "other", "license_name", "LicenseRef-mine"));
    assertThat(HubLicense.members(" ")).isEmpty();
  }

  /** The strict reader of this test sees what is wrong. */
  @Test
  void theReaderRefusesWhatNoCardHas() {
    assertThatThrownBy(() -> Page.of("---\na: 1\na: 2\n---\n").yaml())
        .isInstanceOf(YamlException.class);
    Seen seen = Page.of("---\na: 1\n---\n*x* <b> [a](b)\n").seen();
    assertThat(seen.marked).hasSize(2);
    assertThat(seen.html.stream().collect(Collectors.joining())).isEqualTo("<b>");
  }
}
