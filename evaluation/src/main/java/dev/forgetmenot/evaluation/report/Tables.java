package dev.forgetmenot.evaluation.report;

import static j2html.TagCreator.caption;
import static j2html.TagCreator.each;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import j2html.tags.DomContent;
import j2html.tags.specialized.TableTag;
import j2html.tags.specialized.TdTag;
import j2html.tags.specialized.ThTag;
import j2html.tags.specialized.TrTag;
import java.util.List;

/**
 * Tables whose rows become blocks on narrow screens: roles keep them tables for screen readers, and
 * each cell has the name of its column.
 */
final class Tables {
  private Tables() {}

  static TableTag of(String title, List<String> head, List<TrTag> rows) {
    return table(
            caption(title),
            thead(
                    tr(each(
                            head,
                            name -> th(name).attr("scope", "col").attr("role", "columnheader")))
                        .attr("role", "row"))
                .attr("role", "rowgroup"),
            tbody(each(rows, row -> row.attr("role", "row"))).attr("role", "rowgroup"))
        .attr("role", "table");
  }

  /** The cell that names its row. */
  static ThTag first(DomContent... content) {
    return th(content).attr("scope", "row").attr("role", "rowheader");
  }

  static TdTag cell(String column, String text) {
    return cell(column).withText(text);
  }

  static TdTag cell(String column) {
    return td().attr("role", "cell").attr("data-column", column);
  }
}
