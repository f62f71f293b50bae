// What the viewer writes about a pair: the names over it, the buttons of its ratios, the scores under it.

const makeCaptions = (dialog, place, pin) => {
  const find = (selector) => dialog.querySelector(selector);
  const numbers = find(".pair-numbers");
  let asked = 0;

  function label(side, cell, text) {
    const element = find(`.viewer-label[data-side="${side}"]`);
    const link = element.querySelector("a");
    const address = cells.picture(cell);
    element.hidden = !cell;
    element.querySelector("b").textContent = text ?? "";
    link.hidden = !address;
    if (!address) return link.removeAttribute("href");
    link.href = address;
    link.setAttribute("aria-label", `${text}: full PNG`);
    // A picture inside the page cannot be opened by browsers, but saved.
    if (address.startsWith("data:")) {
      const { p, s, r } = cells.name(cell);
      link.download = `${p}-s${s}-r${r}.png`.replaceAll(" ", "-");
    } else link.removeAttribute("download");
  }

  function drawRatios() {
    const group = find(".viewer-ratios");
    const shown = place.shown();
    if (group.children.length !== shown.length) {
      group.replaceChildren(...shown.map(() => {
        const button = document.createElement("button");
        button.type = "button";
        button.append(document.createElement("span"), document.createElement("kbd"));
        button.lastChild.setAttribute("aria-hidden", "true");
        return button;
      }));
    }
    const variants = place.variants();
    for (const [index, button] of [...group.children].entries()) {
      const cell = shown[index];
      // A tenth picture has no key, nor has another run's baseline.
      const number = variants.indexOf(cell) + 1;
      const key = cell === place.baseline ? "0" : number >= 1 && number <= 9 ? String(number) : "";
      button.firstChild.textContent = cells.label(cell);
      button.lastChild.textContent = key;
      button.toggleAttribute("aria-keyshortcuts", key !== "");
      if (key) button.setAttribute("aria-keyshortcuts", key);
      button.setAttribute("aria-pressed", String(cell === place.cell));
      button.classList.toggle("pinned", pin.isSet && cell === place.reference);
      button.title = button.classList.contains("pinned") ? "The reference" : "";
    }
  }

  const signed = (value) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);

  /// What a picture took, as an element; nothing where that is not known. The sheet's cells do not say it: the seconds
  /// of one picture are mostly chance.
  function time(cell) {
    const seconds = cells.number(cell, "seconds");
    if (seconds === undefined) return undefined;
    const element = document.createElement("span");
    element.textContent = `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
    return element;
  }

  /// What a picture shows by the rules for kinds of damage, as an element; nothing where that is nothing.
  function damage(cell) {
    const shown = cell.dataset.kinds ?? "";
    const titles = [...document.querySelectorAll(".kinds input")].filter((kind) => shown.includes(kind.value));
    if (titles.length === 0) return undefined;
    const element = document.createElement("span");
    element.textContent = titles.map((kind) => kind.dataset.title).join(", ");
    return element;
  }

  function drawScores(isAlone) {
    const scores = (cell) => new Map([...(cell?.querySelectorAll("dt") ?? [])].map((dt) => [dt.textContent, dt.nextElementSibling]));
    const before = isAlone ? new Map() : scores(place.reference);
    const items = [...scores(place.cell)].map(([name, dd]) => [name, dd, before.get(name)?.firstChild.textContent.trim()]);
    const kinds = damage(place.cell);
    if (kinds) items.push(["Damage", kinds, undefined]);
    const taken = time(place.cell);
    if (taken) items.push(["Time", taken, isAlone ? undefined : time(place.reference)?.textContent]);
    // Stored likenesses are to what the picture is compared with of itself, whatever is beside it.
    const usual = place.row && cells.referenceOf(place.row, place.cell);
    const isBaseline = place.reference === place.baseline;
    const reference = isBaseline && !pin.isSet ? "baseline" : place.reference?.dataset.heading;
    const likened = usual === place.baseline ? "the baseline" : usual?.dataset.heading;
    find(".viewer-scores").replaceChildren(...items.map(([name, value, from]) => {
      const item = document.createElement("div");
      const dt = document.createElement("dt");
      const dd = document.createElement("dd");
      const isScore = value.querySelector(".change") !== null;
      const isOwn = name === "Time" || name.startsWith("CLIP score");
      dt.textContent = pin.isSet && !isOwn ? `${name} to ${likened}` : name;
      dd.append(...[...value.childNodes].map((node) => node.cloneNode(true)));
      if (from !== undefined && (isOwn || (isBaseline && !pin.isSet))) {
        const after = document.createElement("span");
        after.className = "from";
        after.textContent = `${reference} ${from}`;
        const own = [place.cell, place.reference].map((cell) => cells.number(cell, "clip_score"));
        if (pin.isSet && isScore && own.every((number) => number !== undefined)) {
          dd.querySelector(".change").textContent = signed(own[0] - own[1]);
        }
        dd.append(" ", after);
      }
      item.append(dt, dd);
      return item;
    }));
    find(".viewer-scores").dataset.state = pin.isSet ? "" : place.cell.dataset.state;
  }

  /// How a pair differs that was never scored.
  async function drawNumbers(isAlone) {
    asked += 1;
    const own = asked;
    const pair = [place.reference, place.cell].map(cells.picture);
    numbers.hidden = !pin.isSet || isAlone || !pair.every(Boolean);
    numbers.textContent = "";
    if (numbers.hidden) return;
    let difference = null;
    try {
      difference = await pixels.compare(...pair);
    } catch {
      // A picture that cannot be loaded: its view says so.
    }
    // Meanwhile the reader may have gone on.
    if (own !== asked) return;
    numbers.textContent = difference
      ? `This pair: mean difference ${difference.mean.toFixed(2)} levels, largest ${difference.largest}, `
        + `${(100 * difference.changed).toFixed(1)} % of the pixels changed`
      : "Numbers of this pair need a page in one file, or one from a web server; the heat map shows it here, too.";
  }

  return {
    draw(isAlone) {
      label("reference", isAlone ? null : place.reference, place.reference && (pin.isSet ? pin.words(place.reference) : place.reference.dataset.heading));
      label("variant", place.cell, place.cell.dataset.heading);
      drawRatios();
      drawScores(isAlone);
      return drawNumbers(isAlone);
    },
  };
};
