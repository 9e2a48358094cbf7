package dev.forgetmenot.evaluation.report;

import static j2html.TagCreator.button;
import static j2html.TagCreator.div;
import static j2html.TagCreator.p;
import static j2html.TagCreator.strong;

import j2html.tags.DomContent;
import j2html.tags.specialized.ButtonTag;
import j2html.tags.specialized.DivTag;
import j2html.tags.specialized.TdTag;

/**
 * What numbers of one column mean: a box that each of them opens, also without a script.
 *
 * @param id unique in the page
 * @param column its name
 * @param text sentences
 */
record Explained(String id, String column, String text) {
  /** A cell with a number. */
  TdTag cell(String number) {
    return Tables.cell(column).with(number(number));
  }

  /** A number. */
  ButtonTag number(String number) {
    return button(number).withType("button").withClass("number").attr("popovertarget", id);
  }

  /** The box; it must be in the page once. */
  DomContent box() {
    return box(id).with(p(strong(column)), p(text));
  }

  /** A box without content. */
  static DivTag box(String id) {
    return div().withId(id).withClass("explanation").attr("popover", "auto");
  }
}
