// The viewer: one picture large against its reference, in five ways.

const makeViewer = (sheet, address, parts) => {
  const { pin, stars, noticed, openKeys, openVote } = parts;
  const dialog = document.getElementById("viewer");
  const find = (selector) => dialog.querySelector(selector);
  const all = (selector) => [...dialog.querySelectorAll(selector)];
  const stage = find(".stage");
  const views = find(".views");
  const place = makePlace(sheet, pin);
  const captions = makeCaptions(dialog, place, pin);
  const blink = makeBlink(stage, find("[data-do=play]"));
  const notes = makeNoteLine(dialog, stars);
  const scrub = makeScrub(dialog, show);
  // They take height from the picture, and from the slider.
  const tokens = makeTokens(dialog, draw);
  const film = makeFilm(dialog, draw);
  const modes = all("button[data-mode]").map((button) => button.dataset.mode);
  const title = document.title;
  let mode = modes[0];
  let opener = null;

  const zoom = makeZoom(views, showZoom);
  const mix = makeMix(stage, zoom);
  fillHeatFilter(dialog);

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
    const isAlone = cell === reference || !reference;
    const prompt = cells.prompt(cell);
    const facts = [...row.element.querySelectorAll(".tags span, .source")].map((fact) => fact.textContent);
    const shown = sheet.shownRows();
    find("#viewer-prompt").textContent = prompt;
    find(".viewer-place").textContent =
      [`${shown.indexOf(row) + 1} of ${shown.length}`, cell.dataset.heading, ...facts].join(" · ");
    const brief = prompt.length > 60 ? `${prompt.slice(0, 59).trimEnd()}…` : prompt;
    document.title = [brief, cell.dataset.heading, ...(pin.isSet && reference ? [`against ${pin.words(reference)}`] : []), title].join(" · ");

    const image = (reference ?? cell).querySelector("img") ?? cell.querySelector("img");
    if (image) {
      views.dataset.width = image.getAttribute("width");
      views.style.setProperty("--wide", image.getAttribute("width"));
      views.style.setProperty("--high", image.getAttribute("height"));
    }
    // The stored heat map is that to the baseline; any other is made of both pictures as they are shown.
    const isStored = reference === place.baseline;
    put("reference", cells.picture(reference), `${reference?.dataset.heading}: ${prompt}`);
    put("variant", cells.picture(cell), `${cell.dataset.heading}: ${prompt}`);
    put("difference", isStored ? cell.dataset.difference : "", `Difference of ${cell.dataset.heading} and its baseline: ${prompt}`);

    stage.dataset.mode = mode;
    stage.classList.toggle("alone", isAlone);
    stage.classList.toggle("computed", !isStored);
    const hasDifference = isStored ? Boolean(cell.dataset.difference) : Boolean(cells.picture(cell) && cells.picture(reference));
    const lacking = mode === "difference" && !isAlone && !hasDifference
      ? "There is no difference to show: one of the two pictures is missing." : place.absence(cell);
    for (const [view, text] of [["reference", place.absence(reference)], ["main", lacking]]) {
      const absent = views.querySelector(`[data-view="${view}"] .absent`);
      absent.textContent = text;
      absent.hidden = !text;
    }
    for (const button of all("button[data-mode]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    }
    find("[data-do=pin]").setAttribute("aria-pressed", String(pin.isPinned(cell) || pin.isPinned(cell, true)));
    captions.draw(isAlone);
    notes.follow(cell);
    tokens.follow(cell);
    film.follow(row, cell);
    scrub.follow(row, cell);
    showNoticed();
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

  function showNoticed() {
    const button = find("[data-do=notice]");
    const mark = noticed.of(cells.baselineOf(place.row, place.cell) ?? place.cell);
    const here = mark && (mark.ratio === null ? "none" : mark.ratio) === place.cell.dataset.ratio;
    button.setAttribute("aria-pressed", String(Boolean(here)));
    button.firstElementChild.textContent = !mark ? "Change from here"
      : mark.ratio === null ? "No change seen" : `Change from ${mark.ratio}`;
  }

  const where = () => ({ ...cells.name(place.cell), m: mode });
  const nowhere = { p: "", s: "", r: "", m: "" };

  function show(cell) {
    if (!cell) return;
    place.go(cell);
    draw();
    address.change(where());
  }

  function setMode(name) {
    mode = name;
    if (name !== "blink") blink.stop();
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

  async function copyLink() {
    address.store();
    const isCopied = await copyText(dialog, location.href);
    say(isCopied ? "The link is copied." : "The browser lets nothing be copied here: copy the page’s address.");
  }

  const actions = {
    close: () => dialog.close(),
    previous: () => show(place.neighbour(-1)),
    next: () => show(place.neighbour(1)),
    lower: () => show(place.beside(-1)),
    higher: () => show(place.beside(1)),
    baseline: () => show(place.baseline),
    variant: (number) => show(place.variants()[number - 1]),
    mode: setMode,
    mix: mix.step,
    help: openKeys,
    vote: () => {
      dialog.close();
      openVote();
    },
    in: () => zoom.by(1.5),
    out: () => zoom.by(1 / 1.5),
    zoom: () => zoom.toggle(),
    png: () => find('.viewer-label[data-side="variant"] a').click(),
    pin: (isAlone) => pin.toggle(place.cell, isAlone),
    play() {
      if (!blink.isRunning) setMode("blink");
      blink.toggle();
    },
    keepHeld: blink.hold,
    star: () => stars.toggle(place.cell),
    note: () => notes.edit(),
    tokens: tokens.toggle,
    film: film.toggle,
    notice: (isNever) => {
      noticed.toggle(place.row, place.cell, isNever);
      showNoticed();
    },
    copy: copyLink,
  };

  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.do) actions[button.dataset.do]?.();
    else if (button.dataset.mode) setMode(button.dataset.mode);
    else if (button.parentElement.matches(".viewer-ratios")) show(place.shown()[[...button.parentElement.children].indexOf(button)]);
  });

  const holder = find("[data-do=hold]");
  actions.isHolding = (event) => holder.contains(event.target)
    || (mode === "blink" && zoom.scale === 1 && views.contains(event.target));
  listenToKeys(dialog, actions);

  pin.onChange(() => dialog.open && show(place.cell));
  stars.onChange(() => dialog.open && notes.follow(place.cell));

  dialog.addEventListener("close", () => {
    blink.hold(false);
    blink.stop();
    document.title = title;
    const { row, cell } = place;
    if (address.isPushed() && opener) {
      opener = null;
      // What was pinned meanwhile stays.
      address.back(["ref", "refp", "refs"]);
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
