// The charts by keyboard and by a look: one stop each, arrow keys from mark to mark, and the pictures behind a dot
// beside it.

const makeCharts = (sheet) => {
  const peek = document.querySelector(".peek");
  const links = (chart) => [...chart.querySelectorAll("a")];

  for (const chart of document.querySelectorAll("[data-roving]")) {
    links(chart)[0]?.setAttribute("tabindex", "0");
  }

  function go(link, to) {
    if (!to) return;
    link.setAttribute("tabindex", "-1");
    to.setAttribute("tabindex", "0");
    to.focus();
  }

  document.addEventListener("keydown", (event) => {
    const chart = event.target.closest?.("[data-roving]");
    if (!chart || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = links(chart);
    const at = all.indexOf(event.target.closest("a"));
    const next = {
      ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1,
    }[event.key];
    if (event.key === "Escape") peek.hidden = true;
    if (next === undefined) return;
    event.preventDefault();
    go(all[at], all[next]);
  });

  /// The pictures that a link opens, small.
  function show(link) {
    const place = new URLSearchParams(link.getAttribute("href").slice(1));
    const row = sheet.find(place.get("p"), place.get("s") ?? "0");
    const cell = row?.cells.find((other) => other.dataset.ratio === place.get("r"));
    if (!cell) return;
    const pair = [cells.baselineOf(row, cell), cell].filter((each) => each?.querySelector("img"));
    peek.replaceChildren(...pair.map((each) => {
      const own = each.querySelector("img");
      const image = document.createElement("img");
      image.src = own.src;
      image.alt = "";
      // Its place is known before it is loaded.
      for (const side of ["width", "height"]) image.setAttribute(side, own.getAttribute(side));
      return image;
    }));
    const words = document.createElement("p");
    words.textContent = link.querySelector("title").textContent;
    words.dir = "auto";
    peek.append(words);
    peek.hidden = false;
    const dot = (link.querySelector(".dot") ?? link).getBoundingClientRect();
    const own = peek.getBoundingClientRect();
    const isBelow = dot.top < own.height + 16;
    peek.style.left = `${Math.min(Math.max(dot.left + dot.width / 2 - own.width / 2, 8), innerWidth - own.width - 8)}px`;
    peek.style.top = `${isBelow ? dot.bottom + 10 : dot.top - own.height - 10}px`;
  }

  const dotAt = (event) => event.target.closest?.(":is(.panel, .similarity) svg a");
  for (const [begin, end] of [["focusin", "focusout"], ["pointerover", "pointerout"]]) {
    document.addEventListener(begin, (event) => dotAt(event) && show(dotAt(event)));
    document.addEventListener(end, (event) => { if (dotAt(event)) peek.hidden = true; });
  }
  addEventListener("scroll", () => { peek.hidden = true; }, { passive: true });

  // A number leads to the pictures behind it: the address sets the sheet's tools, and the sheet comes into sight.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a");
    if (!link?.getAttribute("href")?.startsWith("#sort=")) return;
    setTimeout(() => {
      document.getElementById("sheet").scrollIntoView();
      sheet.list.querySelector(".row:not([hidden]) a")?.focus({ preventScroll: true });
    });
  });
};
