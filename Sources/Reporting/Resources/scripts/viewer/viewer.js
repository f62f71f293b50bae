// The viewer: one picture large against its baseline, in five ways.

const makeViewer = (sheet, address) => {
  const dialog = document.getElementById("viewer");
  const keys = document.getElementById("keys");
  const find = (selector) => dialog.querySelector(selector);
  const all = (selector) => [...dialog.querySelectorAll(selector)];
  const stage = find(".stage");
  const views = find(".views");
  const place = makePlace(sheet);
  const modes = all("[data-mode]").filter((element) => element.matches("button")).map((button) => button.dataset.mode);
  const letters = { t: "two-up", s: "slider", o: "onion", d: "difference", k: "blink" };
  let mode = modes[0];
  let opener = null;

  const zoom = makeZoom(views, showZoom);
  const mix = makeMix(stage, zoom);

  /// In screen pixels per pixel of the picture; enlarged ones are shown as squares, not smoothed.
  function showZoom(scale) {
    const shown = find('.view[data-view="main"] .plate');
    const width = Number(views.dataset.width) || 1;
    const pixels = (shown.offsetWidth * scale) / width;
    find(".viewer-percent").textContent = `${Math.round(100 * pixels)} %`;
    views.classList.toggle("squares", scale > 1 && pixels >= 2);
    mix.draw();
  }

  function draw() {
    const { cell, reference, row } = place;
    const isBaseline = cell === reference || !reference;
    const prompt = row.element.querySelector("h3").textContent;
    find("#viewer-prompt").textContent = prompt;
    const shown = sheet.shownRows();
    const facts = [...row.element.querySelectorAll(".tags span, .source")].map((fact) => fact.textContent);
    find(".viewer-place").textContent =
      [`${shown.indexOf(row) + 1} of ${shown.length}`, cell.dataset.heading, ...facts].join(" · ");

    const image = (reference ?? cell).querySelector("img") ?? cell.querySelector("img");
    if (image) {
      views.dataset.width = image.getAttribute("width");
      views.style.setProperty("--wide", image.getAttribute("width"));
      views.style.setProperty("--high", image.getAttribute("height"));
    }
    put("reference", place.picture(reference), `${reference?.dataset.heading}: ${prompt}`);
    put("variant", place.picture(cell), `${cell.dataset.heading}: ${prompt}`);
    put("difference", cell.dataset.difference, `Difference of ${cell.dataset.heading} and its baseline: ${prompt}`);
    label("reference", isBaseline ? null : reference);
    label("variant", cell);

    stage.dataset.mode = mode;
    stage.classList.toggle("alone", isBaseline);
    const lacking = mode === "difference" && !isBaseline && !cell.dataset.difference
      ? "There is no difference to show: one of the two pictures is missing." : place.absence(cell);
    for (const [view, text] of [["reference", place.absence(reference)], ["main", lacking]]) {
      const absent = views.querySelector(`[data-view="${view}"] .absent`);
      absent.textContent = text;
      absent.hidden = !text;
    }
    for (const button of all(".viewer-tools [data-mode]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    }
    drawRatios();
    drawScores(isBaseline);
    mix.use(mode);
    showZoom(zoom.scale);
    place.preload(mode);
  }

  function put(name, address, text) {
    for (const image of all(`[data-picture="${name}"]`)) {
      image.hidden = !address;
      if (!address) image.removeAttribute("src");
      else if (image.getAttribute("src") !== address) image.src = address;
      image.alt = text;
      // The picture before is not shown in this one's place.
      image.classList.toggle("coming", Boolean(address) && !image.complete);
    }
  }

  for (const image of all("[data-picture]")) {
    for (const end of ["load", "error"]) image.addEventListener(end, () => image.classList.remove("coming"));
  }

  function label(side, cell) {
    const element = find(`.viewer-label[data-side="${side}"]`);
    const link = element.querySelector("a");
    const address = place.picture(cell);
    element.hidden = !cell;
    element.querySelector("b").textContent = cell?.dataset.heading ?? "";
    link.hidden = !address;
    if (!address) return link.removeAttribute("href");
    link.href = address;
    link.setAttribute("aria-label", `${cell.dataset.heading}: full PNG`);
    // A picture inside the page cannot be opened by browsers, but saved.
    if (address.startsWith("data:")) {
      const { p, s } = place.row.element.dataset;
      link.download = `${p}-s${s}-r${cell.dataset.ratio}.png`.replaceAll(" ", "-");
    } else link.removeAttribute("download");
  }

  function drawRatios() {
    const group = find(".viewer-ratios");
    const cells = place.row.cells;
    if (group.children.length !== cells.length) {
      group.replaceChildren(...cells.map(() => {
        const button = document.createElement("button");
        button.type = "button";
        button.append(document.createElement("span"), document.createElement("kbd"));
        button.lastChild.setAttribute("aria-hidden", "true");
        return button;
      }));
    }
    const variants = place.variants();
    for (const [index, button] of [...group.children].entries()) {
      const cell = cells[index];
      // A tenth picture has no key, nor has another run's baseline.
      const number = variants.indexOf(cell) + 1;
      const key = cell === place.reference ? "0" : number >= 1 && number <= 9 ? String(number) : "";
      button.firstChild.textContent = cell.querySelector("figcaption b").textContent;
      button.lastChild.textContent = key;
      button.toggleAttribute("aria-keyshortcuts", key !== "");
      if (key) button.setAttribute("aria-keyshortcuts", key);
      button.setAttribute("aria-pressed", String(cell === place.cell));
    }
  }

  function drawScores(isBaseline) {
    const scores = (cell) => new Map([...(cell?.querySelectorAll("dt") ?? [])].map((dt) => [dt.textContent, dt.nextElementSibling]));
    const before = isBaseline ? new Map() : scores(place.reference);
    const time = (cell) => cell?.querySelector(".time")?.textContent;
    const items = [...scores(place.cell)].map(([name, dd]) => [name, dd, before.get(name)?.textContent]);
    if (time(place.cell)) items.push(["Time", place.cell.querySelector(".time"), isBaseline ? undefined : time(place.reference)]);
    find(".viewer-scores").replaceChildren(...items.map(([name, value, baseline]) => {
      const item = document.createElement("div");
      const dt = document.createElement("dt");
      const dd = document.createElement("dd");
      dt.textContent = name;
      dd.append(...[...value.childNodes].map((node) => node.cloneNode(true)));
      if (baseline !== undefined) {
        const from = document.createElement("span");
        from.className = "from";
        from.textContent = `baseline ${baseline}`;
        dd.append(" ", from);
      }
      item.append(dt, dd);
      return item;
    }));
    find(".viewer-scores").dataset.state = place.cell.dataset.state;
  }

  const where = () => ({ p: place.row.element.dataset.p, s: place.row.element.dataset.s, r: place.cell.dataset.ratio, m: mode });
  const nowhere = { p: "", s: "", r: "", m: "" };

  function show(cell) {
    if (!cell) return;
    place.go(cell);
    draw();
    address.change(where());
  }

  function setMode(name) {
    mode = name;
    draw();
    address.change(where());
  }

  function open(cell) {
    place.go(cell);
    if (!dialog.open) {
      zoom.reset();
      dialog.showModal();
    }
    draw();
    find("#viewer-prompt").focus({ preventScroll: true });
  }

  /// The baseline in the place of the picture.
  const hold = (isHeld) => stage.classList.toggle("held", isHeld);

  const actions = {
    close: () => dialog.close(),
    previous: () => show(place.neighbour(-1)),
    next: () => show(place.neighbour(1)),
    help: () => keys.showModal(),
    in: () => zoom.by(1.5),
    out: () => zoom.by(1 / 1.5),
    zoom: () => zoom.toggle(),
  };

  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.do) actions[button.dataset.do]?.();
    else if (button.dataset.mode) setMode(button.dataset.mode);
    else if (button.parentElement.matches(".viewer-ratios")) show(place.row.cells[[...button.parentElement.children].indexOf(button)]);
  });

  const holder = find("[data-do=hold]");
  const isHolding = (event) => holder.contains(event.target) || (mode === "blink" && zoom.scale === 1 && views.contains(event.target));
  dialog.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && isHolding(event)) hold(true);
  });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => hold(false));
  addEventListener("blur", () => hold(false));

  const isRange = (target) => target.matches("input[type=range]");

  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const variants = place.variants();
    if (key.startsWith("Arrow") && isRange(event.target)) return;
    if (key === " ") hold(true);
    else if (key === "ArrowLeft") actions.previous();
    else if (key === "ArrowRight") actions.next();
    else if (key === "ArrowUp") show(place.beside(-1));
    else if (key === "ArrowDown") show(place.beside(1));
    else if (key === "0" || key === "b") show(place.reference);
    else if (key >= "1" && key <= "9" && key.length === 1) show(variants[Number(key) - 1]);
    else if (letters[key]) setMode(letters[key]);
    else if (key === "," || key === ".") mix.step(key === "," ? -5 : 5);
    else if (key === "+" || key === "=") actions.in();
    else if (key === "-" || key === "_") actions.out();
    else if (key === "z") actions.zoom();
    else if (key === "f") find('.viewer-label[data-side="variant"] a').click();
    else if (key === "?") actions.help();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("keyup", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    hold(false);
  });
  keys.addEventListener("keydown", (event) => {
    if (event.key === "?") keys.close();
  });

  dialog.addEventListener("close", () => {
    hold(false);
    const { row, cell } = place;
    if (address.isPushed() && opener) {
      opener = null;
      history.back();
    } else {
      address.change(nowhere);
      address.store();
    }
    row.element.scrollIntoView({ block: "nearest", behavior: "instant" });
    cell.querySelector("a")?.focus({ preventScroll: true });
  });

  sheet.list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    opener = link;
    open(link.closest(".cell"));
    // Going back shall not scroll to where the viewer was opened: it may have moved on.
    history.scrollRestoration = "manual";
    address.push(where());
  });

  addEventListener("resize", () => dialog.open && showZoom(zoom.scale));

  /// Rows take their true heights when they come near the screen: what was aimed at first may have moved.
  function bringIntoSight(element, times = 3) {
    element.scrollIntoView({ block: "start", behavior: "instant" });
    if (times > 1) requestAnimationFrame(() => bringIntoSight(element, times - 1));
  }

  /// Opens what the address names, or closes; a row without a ratio is only brought into sight.
  function follow() {
    const row = sheet.find(address.get("p"), address.get("s") || "0");
    const ratio = address.get("r");
    const cell = row?.cells.find((other) => other.dataset.ratio === ratio);
    if (cell) {
      if (modes.includes(address.get("m"))) mode = address.get("m");
      return open(cell);
    }
    opener = null;
    history.scrollRestoration = "auto";
    if (dialog.open) dialog.close();
    else if (row) bringIntoSight(row.element);
  }

  address.onMove(follow);
  follow();
};
