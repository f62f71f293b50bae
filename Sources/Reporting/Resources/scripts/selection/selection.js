// What is starred, as a list, and the ways to take it along.

const makeSelection = (sheet, stars) => {
  const dialog = document.getElementById("selection");
  const find = (selector) => dialog.querySelector(selector);
  const title = document.title;
  const all = [...dialog.querySelectorAll("[data-save]")];
  const button = (name) => all.find((each) => each.dataset.save === name);

  /// Of every row its baseline and what is starred beside it.
  function rows() {
    return sheet.arranged().map((row) => {
      const chosen = row.cells.filter(stars.isStarred);
      const baseline = chosen.length > 0 ? cells.baselineOf(row, chosen[0]) : null;
      const others = chosen.filter((cell) => cell !== baseline);
      return { baseline, chosen: others.length > 0 ? others : chosen, note: stars.note };
    }).filter(({ chosen }) => chosen.length > 0);
  }

  /// Tried, as no browser says it: an unreadable picture makes a canvas unreadable.
  async function canRead(cell) {
    try {
      pixels.draw(await pixels.load(cells.picture(cell)), 1, 1).toDataURL();
      return true;
    } catch {
      return false;
    }
  }

  async function draw() {
    const chosen = stars.chosen();
    find(".selection-words").textContent = chosen.length === 0
      ? "Nothing is starred yet. Press * on a picture of the sheet or in the viewer, and e in the viewer for a note."
      : `${chosen.length} starred picture${chosen.length === 1 ? "" : "s"}:`;
    find(".selection-list").replaceChildren(...chosen.map((cell) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const { p, s, r } = cells.name(cell);
      link.href = `#${new URLSearchParams({ p, s, r, m: "two-up" })}`;
      link.textContent = cells.prompt(cell);
      link.dir = "auto";
      item.append(link, ` ${[cell.dataset.heading, stars.note(cell)].filter(Boolean).join(": ")}`);
      return item;
    }));
    const isAny = chosen.length > 0;
    for (const name of ["markdown", "clear"]) button(name).disabled = !isAny;
    for (const name of ["png", "page"]) button(name).disabled = true;
    const first = chosen.find((cell) => cells.picture(cell));
    const isReadable = first !== undefined && (await canRead(first));
    find(".selection-limit").hidden = !first || isReadable;
    for (const name of ["png", "page"]) button(name).disabled = !isReadable;
  }

  const name = (end) => `selection-${title.split(" · ")[0]}`.replaceAll(/[^\w.-]+/g, "-") + end;
  async function hand(end, make, type) {
    try {
      save(name(end), await make(rows(), title), type);
    } catch (error) {
      say(pixels.isRefusal(error) ? "The browser does not let this page read its pictures." : `That did not work: ${error.message}.`);
    }
  }

  const actions = {
    close: () => dialog.close(),
    markdown: () => hand(".md", markdownOf, "text/markdown"),
    png: () => hand(".png", drawPictureSheet, "image/png"),
    page: () => hand(".html", makeSmallPage, "text/html"),
    clear() {
      stars.clear();
      draw();
    },
  };
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("li a")) return dialog.close();
    actions[event.target.closest("button")?.dataset.save]?.();
  });

  return () => {
    dialog.showModal();
    find("#selection-title").focus();
    return draw();
  };
};
