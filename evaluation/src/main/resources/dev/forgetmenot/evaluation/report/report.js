"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const dialog = document.getElementById("images");
  const shown = document.getElementById("shown");

  const element = (name, text, style) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (style) made.className = style;
    return made;
  };
  const answer = (said) => (said[2] ? "no answer, " + said[0] + "?" : said[0]) + " (" + said[1] + ")";
  const label = (unit, judge) => (unit && unit[1][judge] && !unit[1][judge][2] ? unit[1][judge][0] : "");
  const judges = (unit) => Object.keys(unit[1]).sort().reverse();
  const apart = (unit) => unit && new Set(judges(unit).map((judge) => label(unit, judge))).size > 1;

  const chosen = {
    all: () => true,
    found: (shot) => shot.patched && judges(shot.patched).some((judge) => label(shot.patched, judge) === shot.label),
    lost: (shot) => shot.patched && judges(shot.patched).some(
        (judge) => label(shot.original, judge) === shot.label && label(shot.patched, judge) !== shot.label),
    apart: (shot) => apart(shot.original) || apart(shot.patched),
  };
  const words = {
    all: "all images",
    found: "patched ones with the expected label",
    lost: "those that lost the expected label",
    apart: "those that judges name differently",
  };

  const image = (unit, model, shot) => {
    const box = element("div");
    const img = element("img");
    img.src = "data:image/jpeg;base64," + data.files[unit[0]];
    img.alt = model + ", " + shot.prompt + ", seed " + shot.seed;
    box.append(img, element("small", model));
    for (const judge of judges(unit)) {
      box.append(element("br"), element("small", judge + ": " + answer(unit[1][judge])));
    }
    return box;
  };

  const pair = (shot) => {
    const item = element("li");
    const two = element("div", "", "two");
    two.append(image(shot.original, "original", shot));
    if (shot.patched) two.append(image(shot.patched, "patched", shot));
    item.append(two, element("small", shot.prompt + " · seed " + shot.seed
        + (shot.label ? " · expected " + shot.label : "")));
    return item;
  };

  const fill = (sets, only) => {
    for (const old of shown.querySelectorAll("h3, ol")) old.remove();
    for (const place of sets) {
      const set = data.sets[place];
      const shots = set.images.filter(chosen[only]);
      const list = element("ol", "", "pairs");
      for (const shot of shots) list.append(pair(shot));
      shown.append(element("h3", set.title + ": " + shots.length + " of " + set.images.length), list);
    }
  };

  const open = (button) => {
    const sets = button.dataset.sets.split(" ");
    const only = button.dataset.only || "all";
    shown.replaceChildren();
    const about = document.getElementById(button.getAttribute("popovertarget") || "");
    if (about) {
      for (const part of about.children) shown.append(part.cloneNode(true));
      about.hidePopover();
    }
    const choice = element("label", "Show ");
    const select = element("select");
    for (const name of Object.keys(words)) {
      const option = element("option", words[name]);
      option.value = name;
      option.selected = name === only;
      select.append(option);
    }
    select.addEventListener("change", () => fill(sets, select.value));
    choice.append(select);
    shown.append(choice);
    fill(sets, only);
    dialog.showModal();
    dialog.scrollTop = 0;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.number");
    if (button && button.dataset.sets) {
      event.preventDefault();
      open(button);
    } else if (event.target === dialog || event.target.id === "close") {
      dialog.close();
    }
  });

  // What a number is, beside it: for a pointer that rests on it and for the keyboard.
  let resting;
  const near = (button) => {
    const about = document.getElementById(button.getAttribute("popovertarget") || "");
    if (!about || about.matches(":popover-open") || dialog.open) return;
    about.showPopover();
    const at = button.getBoundingClientRect();
    const below = at.bottom + 6 + about.offsetHeight < innerHeight;
    about.style.margin = "0";
    about.style.inset = "auto";
    about.style.left = Math.max(8, Math.min(at.left, innerWidth - about.offsetWidth - 8)) + "px";
    about.style.top = Math.max(8, below ? at.bottom + 6 : at.top - 6 - about.offsetHeight) + "px";
  };
  for (const button of document.querySelectorAll("button[popovertarget]")) {
    const about = document.getElementById(button.getAttribute("popovertarget"));
    const hide = () => { clearTimeout(resting); if (about.matches(":popover-open")) about.hidePopover(); };
    button.setAttribute("aria-describedby", about.id);
    button.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") resting = setTimeout(() => near(button), 250);
    });
    button.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") hide(); });
    button.addEventListener("focus", () => requestAnimationFrame(() => {
      if (button.matches(":focus-visible")) near(button);
    }));
    button.addEventListener("blur", hide);
  }
})();
