// The viewer's filmstrip: what the model predicted at some steps, of the baseline over that of the merged picture, to see
// when they part.

const makeFilm = (dialog, didChange) => {
  const film = dialog.querySelector(".film");
  let shown = null;
  if (!film) {
    return { follow(row, cell) { shown = { row, cell }; }, toggle: () => say(explained.absence(shown.cell, "steps")) };
  }
  const button = dialog.querySelector("[data-do=film]");
  let isOn = false;
  let asked = 0;

  const previews = (cell) => (cell && explained.of(cell)?.previews) || [];

  function frame(cell, preview, moment) {
    if (!preview) {
      const gap = document.createElement("span");
      gap.className = "gap";
      return gap;
    }
    const image = document.createElement("img");
    image.src = `data:image/png;base64,${preview.png}`;
    image.alt = `${cell.dataset.heading}, predicted at ${explained.words(moment)}`;
    return image;
  }

  async function measure(words, [one, other], own) {
    try {
      const difference = await pixels.compare(one.src, other.src);
      if (own !== asked || !difference) return;
      words.textContent = difference.largest === 0 ? "equal" : `${difference.mean.toFixed(2)} levels apart`;
    } catch {
      // A preview that cannot be read is seen to be one.
    }
  }

  function column(moment, pair) {
    const made = document.createElement("li");
    const frames = pair.map((cell) =>
      frame(cell, previews(cell).find((preview) => explained.name(preview.moment) === explained.name(moment)), moment));
    const words = document.createElement("p");
    words.textContent = explained.words(moment);
    made.append(...frames, words);
    if (frames.length === 2 && frames.every((each) => each.matches("img"))) {
      const apart = document.createElement("p");
      apart.className = "apart";
      made.append(apart);
      measure(apart, frames, asked);
    }
    return made;
  }

  function draw() {
    asked += 1;
    const isShown = isOn && shown && previews(shown.cell).length > 0;
    film.hidden = !isShown;
    button.setAttribute("aria-pressed", String(isOn));
    if (!isShown) return film.querySelector("ol").replaceChildren();
    const { row, cell } = shown;
    const baseline = cells.baselineOf(row, cell);
    const pair = baseline && baseline !== cell ? [baseline, cell] : [cell];
    const title = pair.map((each) => each.dataset.heading).join(" above ");
    film.setAttribute("aria-label", `What the model predicted, step by step: ${title}`);
    film.querySelector(".film-title").textContent = `Predicted pictures: ${title}`;
    const image = cell.querySelector("img");
    film.style.setProperty("--shape", image ? `${image.getAttribute("width")} / ${image.getAttribute("height")}` : "1");
    const moments = new Map(pair.flatMap(previews).map(({ moment }) => [explained.name(moment), moment]));
    const ordered = [...moments.values()].sort((one, other) => one.pass - other.pass || one.step - other.step);
    film.querySelector("ol").replaceChildren(...ordered.map((moment) => column(moment, pair)));
  }

  return {
    follow(row, cell) {
      if (shown?.cell === cell) return;
      shown = { row, cell };
      draw();
    },
    toggle() {
      if (previews(shown.cell).length === 0) return say(explained.absence(shown.cell, "steps"));
      isOn = !isOn;
      draw();
      didChange();
    },
  };
};
