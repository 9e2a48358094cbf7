package dev.forgetmenot.host.share;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The licence of a patch as the Hub names it. It knows a list of its own, most of it SPDX
 * identifiers in lower case (docs/hub/repositories-licenses.md of huggingface/hub-docs); any other
 * is {@code other} with a name.
 */
final class HubLicense {
  private static final Set<String> KNOWN =
      Set.of(
          "apache-2.0",
          "mit",
          "openrail",
          "bigscience-openrail-m",
          "creativeml-openrail-m",
          "bigscience-bloom-rail-1.0",
          "bigcode-openrail-m",
          "afl-3.0",
          "artistic-2.0",
          "bsl-1.0",
          "bsd-2-clause",
          "bsd-3-clause",
          "bsd-3-clause-clear",
          "c-uda",
          "cc0-1.0",
          "cc-by-2.0",
          "cc-by-2.5",
          "cc-by-3.0",
          "cc-by-4.0",
          "cc-by-sa-3.0",
          "cc-by-sa-4.0",
          "cc-by-nc-2.0",
          "cc-by-nc-3.0",
          "cc-by-nc-4.0",
          "cc-by-nd-4.0",
          "cc-by-nc-nd-3.0",
          "cc-by-nc-nd-4.0",
          "cc-by-nc-sa-2.0",
          "cc-by-nc-sa-3.0",
          "cc-by-nc-sa-4.0",
          "cdla-sharing-1.0",
          "cdla-permissive-1.0",
          "cdla-permissive-2.0",
          "wtfpl",
          "ecl-2.0",
          "epl-1.0",
          "epl-2.0",
          "etalab-2.0",
          "eupl-1.1",
          "agpl-3.0",
          "gpl-2.0",
          "gpl-3.0",
          "lgpl-2.1",
          "lgpl-3.0",
          "isc",
          "lppl-1.3c",
          "ms-pl",
          "mpl-2.0",
          "openrail++",
          "osl-3.0",
          "postgresql",
          "ofl-1.1",
          "ncsa",
          "unlicense",
          "zlib",
          "pddl");

  private HubLicense() {}

  /**
   * Members of the card.
   *
   * @param spdx as the patch says it; of an empty one nothing is said
   */
  static Map<String, Object> members(String spdx) {
    String word = spdx.toLowerCase(Locale.ROOT);
    Map<String, Object> members = new LinkedHashMap<>();
    if (KNOWN.contains(word)) {
      members.put("license", word);
    } else if (!spdx.isBlank()) {
      members.put("license", "other");
      members.put("license_name", spdx);
    }
    return members;
  }
}
