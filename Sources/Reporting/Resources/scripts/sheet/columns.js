// The sheet's columns: which are shown, their names over them, and one scroller for all rows.

const makeColumns = (sheet, address) => {
  const head = document.querySelector(".columns-head");
  const strip = head.querySelector(".strip");
  const tools = document.querySelector(".tools");
  const boxes = [...tools.querySelectorAll("[data-column]")];
  const separator = "|";

  const hidden = () => boxes.filter((box) => !box.checked).map((box) => box.dataset.column);

  let applied = 0;
  function apply() {
    const away = new Set(hidden());
    if (away.size + applied === 0) return;
    applied = away.size;
    for (const column of strip.children) column.hidden = away.has(column.dataset.column);
    for (const row of sheet.rows) {
      for (const cell of row.cells) {
        if (cell.hidden !== away.has(cell.dataset.ratio)) cell.hidden = !cell.hidden;
      }
    }
    // The last one stays.
    const left = boxes.filter((box) => box.checked);
    for (const box of boxes) box.disabled = left.length === 1 && box.checked;
  }

  function recall() {
    const away = new Set(address.get("hide").split(separator));
    const isAll = boxes.every((box) => away.has(box.dataset.column));
    for (const box of boxes) box.checked = isAll || !away.has(box.dataset.column);
    apply();
  }

  for (const box of boxes) {
    box.addEventListener("change", () => {
      apply();
      address.change({ hide: hidden().join(separator) });
      // Bubbles on to the sheet, which sorts by what is shown.
    });
  }
  sheet.add({
    isPlain: () => hidden().length === 0,
    clear() {
      for (const box of boxes) box.checked = true;
      apply();
      address.change({ hide: "" });
    },
  });
  address.onMove(() => {
    recall();
    sheet.update();
  });
  const details = tools.querySelector(".shown-columns");
  // A menu that is left closes.
  document.addEventListener("pointerdown", (event) => {
    if (details?.open && !details.contains(event.target)) details.open = false;
  });
  details?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    details.open = false;
    details.querySelector("summary").focus();
  });

  // All rows that are drawn are at the same place, and others take it when they come near.
  const near = new Set();
  let left = 0;
  const at = (element) => {
    if (Math.abs(element.scrollLeft - left) >= 1) element.scrollLeft = left;
  };
  function moveAll(from) {
    if (Math.abs(from.scrollLeft - left) < 1) return;
    left = from.scrollLeft;
    for (const other of near) if (other !== from) at(other);
    if (strip !== from) at(strip);
  }
  if ("oncontentvisibilityautostatechange" in HTMLElement.prototype) {
    sheet.list.addEventListener("contentvisibilityautostatechange", (event) => {
      const own = event.target.querySelector(".strip");
      if (event.skipped) near.delete(own);
      else {
        near.add(own);
        at(own);
      }
    });
  } else for (const own of sheet.list.querySelectorAll(".strip")) near.add(own);
  sheet.list.addEventListener("scroll", (event) => event.target.matches(".strip") && moveAll(event.target), { capture: true, passive: true });
  strip.addEventListener("scroll", () => moveAll(strip), { passive: true });

  head.hidden = false;
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--tools", `${tools.offsetHeight}px`);
  }).observe(tools);
  // By keyboard, too, where there is something to scroll.
  new ResizeObserver(() => {
    if (strip.scrollWidth > strip.clientWidth + 1) strip.tabIndex = 0;
    else strip.removeAttribute("tabindex");
  }).observe(strip);

  recall();
  // What is sorted and said depends on it.
  if (hidden().length > 0) sheet.update();
};
