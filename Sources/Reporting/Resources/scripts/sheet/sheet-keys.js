// The sheet by keyboard: from picture to picture, and what can be done with the one that has the focus.

const listenToSheetKeys = (sheet, actions) => {
  const { list, shownRows } = sheet;
  const isPlainKey = (event) => !event.ctrlKey && !event.metaKey && !event.altKey;
  const isWriting = (event) => event.target.closest("input, select, textarea, dialog") !== null;
  const unfold = document.querySelector(".unfold");

  document.addEventListener("keydown", (event) => {
    if (!isPlainKey(event) || isWriting(event) || document.querySelector("dialog[open]")) return;
    const act = {
      "/": () => {
        unfold.setAttribute("aria-expanded", "true");
        document.querySelector(".tools").elements.namedItem("q").focus();
      },
      "?": actions.help,
      k: document.querySelector(".kinds") ? () => document.querySelector(".kinds input").focus() : undefined,
      v: actions.vote,
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  list.addEventListener("keydown", (event) => {
    const cell = event.target.closest("a")?.closest(".cell");
    if (!cell || !isPlainKey(event)) return;
    const visible = shownRows();
    const at = visible.findIndex((row) => row.element === cell.closest(".row"));
    const column = visible[at].cells.indexOf(cell);
    const links = (some) => some.filter((other) => !other.hidden).map((other) => other.querySelector("a")).filter(Boolean);
    const byColumn = (row) => (row ? row.cells[column]?.querySelector("a") ?? links(row.cells)[0] : undefined);
    const next = {
      ArrowLeft: () => links(visible[at].cells.slice(0, column)).pop(),
      ArrowRight: () => links(visible[at].cells.slice(column + 1))[0],
      ArrowUp: () => byColumn(visible[at - 1]),
      ArrowDown: () => byColumn(visible[at + 1]),
    }[event.key]?.();
    const isPin = event.key.toLowerCase() === "r";
    if (!next && !isPin && event.key !== "*") return;
    event.preventDefault();
    if (isPin) actions.pin(cell, event.shiftKey);
    else if (event.key === "*") actions.star(cell);
    else next.focus();
  });
};
