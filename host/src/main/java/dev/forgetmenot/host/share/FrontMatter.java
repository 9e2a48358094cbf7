package dev.forgetmenot.host.share;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.api.lowlevel.Serialize;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The YAML at the beginning of a card. Every text stands in double quotes and in ASCII: readers of
 * YAML 1.1 take a plain {@code no} or {@code 1_0} for something else.
 */
final class FrontMatter {
  private static final DumpSettings SETTINGS =
      DumpSettings.builder()
          .setSplitLines(false)
          .setUseUnicodeEncoding(false)
          .setDefaultFlowStyle(FlowStyle.BLOCK)
          .build();

  private FrontMatter() {}

  /**
   * The text, between its two lines of hyphens.
   *
   * @param members texts, lists, maps with keys that are plain words, and empty {@link Optional}s,
   *     which are written as null
   */
  static String of(Map<String, Object> members) {
    Present present = new Present(SETTINGS);
    return "---\n"
        + present.emitToString(new Serialize(SETTINGS).serializeOne(node(members)).iterator())
        + "---\n";
  }

  private static Node node(Object value) {
    if (value instanceof Map<?, ?> map) {
      List<NodeTuple> tuples = new ArrayList<>();
      map.forEach(
          (key, one) -> tuples.add(new NodeTuple(plain(Tag.STR, String.valueOf(key)), node(one))));
      return new MappingNode(Tag.MAP, tuples, FlowStyle.BLOCK);
    }
    if (value instanceof List<?> list) {
      return new SequenceNode(
          Tag.SEQ, list.stream().map(FrontMatter::node).toList(), FlowStyle.BLOCK);
    }
    return value instanceof String text
        ? new ScalarNode(Tag.STR, text, ScalarStyle.DOUBLE_QUOTED)
        : plain(Tag.NULL, "null");
  }

  private static ScalarNode plain(Tag tag, String text) {
    return new ScalarNode(tag, text, ScalarStyle.PLAIN);
  }
}
