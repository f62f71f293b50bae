// The viewer's overlay of merged tokens: each is shaded the stronger, the less similar it was to the token that it was
// merged into; lines lead there from the least similar ones, and from the one that is looked at.

const makeTokens = (dialog, didChange) => {
  const find = (selector) => dialog.querySelector(selector);
  const line = find(".tokens-line");
  let cell = null;
  if (!line) {
    return { follow(newCell) { cell = newCell; }, toggle: () => say(explained.absence(cell, "tokens")) };
  }
  const [stage, views, button] = [find(".stage"), find(".views"), find("[data-do=tokens]")];
  const [canvas, drawing] = [find(".shades"), find(".pairs")];
  const [steps, blocks, range] = [line.querySelector("[name=step]"), line.querySelector("[name=block]"), line.querySelector("[name=pair]")];
  const wanted = { step: "", block: "" };
  // So many pairs have a line without being asked for.
  const least = 12;
  let isOn = false;
  let map = null;
  let tokens = null;
  /// Merged tokens, the least similar first.
  let pairs = [];

  const number = (value) => (value < 0 ? "−" : "") + Math.abs(value).toFixed(3);
  const place = (token) => `row ${Math.floor(token / map.width) + 1}, column ${(token % map.width) + 1}`;
  const isKept = (token) => tokens.destinations[token] === token;

  function describe(token) {
    if (tokens.destinations[token] < 0) return `${place(token)}: left out of keys and values`;
    if (isKept(token)) {
      const count = pairs.reduce((sum, other) => sum + (tokens.destinations[other] === token), 0);
      return `${place(token)}: kept, ${count} merged into it`;
    }
    return `${place(token)}, merged into ${place(tokens.destinations[token])}: similarity ${number(tokens.similarities[token])}`;
  }

  function fill(select, choices) {
    const isSame = choices.length === select.length
      && choices.every(([value, text], at) => select.options[at].value === value && select.options[at].text === text);
    if (!isSame) select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
    select.value = choices.some(([value]) => value === wanted[select.name]) ? wanted[select.name] : choices[0][0];
  }

  /// Of the picture's maps, so that blocks and steps have one scale.
  function lowest(maps) {
    let found = 1;
    for (const each of maps) {
      const { destinations, similarities } = explained.unpack(each);
      destinations.forEach((destination, token) => {
        if (destination >= 0 && destination !== token && similarities[token] < found) found = similarities[token];
      });
    }
    return found;
  }

  function shade(floor) {
    const colour = getComputedStyle(canvas).getPropertyValue("--merged").trim().split(/\s+/).map(Number);
    [canvas.width, canvas.height] = [map.width, map.height];
    const image = new ImageData(map.width, map.height);
    tokens.destinations.forEach((destination, token) => {
      if (destination === token) return;
      const share = floor < 1 ? (1 - tokens.similarities[token]) / (1 - floor) : 0;
      image.data.set(destination < 0 ? [0, 0, 0, 150] : [...colour, Math.round(255 * (0.2 + 0.65 * share))], 4 * token);
    });
    // A dot a token, which is written and never drawn on.
    canvas.getContext("2d", { willReadFrequently: true }).putImageData(image, 0, 0);
  }

  /// From the token's square to a diamond in that of its destination.
  function path(token) {
    const at = (place) => [place % map.width, Math.floor(place / map.width)];
    const [[x, y], [toX, toY]] = [at(token), at(tokens.destinations[token])];
    return `M${x} ${y}h1v1h-1zM${x + 0.5} ${y + 0.5}L${toX + 0.5} ${toY + 0.5}M${toX + 0.5} ${toY + 0.1}l.4 .4-.4 .4-.4-.4z`;
  }

  function group(sources, name) {
    const made = document.createElementNS(drawing.namespaceURI, "g");
    made.setAttribute("class", name);
    for (const kind of ["halo", "mark"]) {
      const drawn = document.createElementNS(drawing.namespaceURI, "path");
      drawn.setAttribute("class", kind);
      drawn.setAttribute("d", sources.map(path).join(""));
      made.append(drawn);
    }
    return made;
  }

  /// The lines, and the words about one token: that which is pointed at, or that of the chosen pair.
  function look(token = pairs[Number(range.value) - 1]) {
    const isToken = token !== undefined;
    const sources = !isToken || tokens.destinations[token] < 0 ? []
      : isKept(token) ? pairs.filter((other) => tokens.destinations[other] === token) : [token];
    drawing.replaceChildren(group(pairs.slice(0, least), "least"), group(sources, "looked"));
    line.querySelector(".token-words").textContent = isToken ? describe(token) : "";
  }

  function choosePair(rank) {
    range.value = rank;
    const token = pairs[rank - 1];
    range.setAttribute("aria-valuetext", token === undefined ? "no pair" : `${rank} of ${pairs.length}: ${describe(token)}`);
    look();
  }

  function draw() {
    const maps = (isOn && cell && explained.of(cell)?.maps) || [];
    const isShown = maps.length > 0;
    line.hidden = !isShown;
    stage.classList.toggle("tokens", isShown);
    button.setAttribute("aria-pressed", String(isOn));
    if (!isShown) return;
    fill(steps, [...new Map(maps.map(({ moment }) => [explained.name(moment), explained.words(moment)]))]);
    const own = maps.filter(({ moment }) => explained.name(moment) === steps.value);
    fill(blocks, own.map(({ block }) => [block, block]));
    map = own.find(({ block }) => block === blocks.value);
    tokens = explained.unpack(map);
    const { destinations, similarities } = tokens;
    pairs = [...destinations.keys()].filter((token) => destinations[token] >= 0 && destinations[token] !== token)
      .sort((one, other) => similarities[one] - similarities[other] || one - other);
    const leftOut = destinations.reduce((sum, destination) => sum + (destination < 0), 0);
    const mean = pairs.reduce((sum, token) => sum + similarities[token], 0) / pairs.length;
    const facts = pairs.length > 0 || leftOut === 0
      ? `${pairs.length} of ${destinations.length} tokens merged${pairs.length > 0 ? `, mean similarity ${number(mean)}` : ""}`
      : `${leftOut} of ${destinations.length} tokens left out`;
    canvas.setAttribute("aria-label", `Merged tokens at ${explained.words(map.moment)} in ${map.block}: ${facts}`);
    line.querySelector(".token-facts").textContent = facts;
    const floor = lowest(maps);
    line.querySelector(".shade-lowest").textContent = number(floor);
    line.querySelector(".shade-key").hidden = pairs.length === 0;
    line.querySelector(".left-out-key").hidden = leftOut === 0;
    shade(floor);
    drawing.setAttribute("viewBox", `0 0 ${map.width} ${map.height}`);
    range.max = Math.max(pairs.length, 1);
    range.disabled = pairs.length === 0;
    choosePair(1);
  }

  for (const select of [steps, blocks]) {
    select.addEventListener("change", () => {
      wanted[select.name] = select.value;
      draw();
    });
  }
  range.addEventListener("input", () => choosePair(Number(range.value)));

  /// The token under a pointer; undefined beside the picture.
  function tokenAt(event) {
    if (line.hidden || !event.target.closest?.('[data-view="main"]')) return undefined;
    const box = canvas.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * map.width);
    const row = Math.floor(((event.clientY - box.top) / box.height) * map.height);
    const isInside = column >= 0 && column < map.width && row >= 0 && row < map.height;
    return isInside ? row * map.width + column : undefined;
  }

  views.addEventListener("pointermove", (event) => { if (!line.hidden) look(tokenAt(event)); });
  views.addEventListener("pointerleave", () => { if (!line.hidden) look(); });
  views.addEventListener("pointerdown", (event) => {
    const rank = pairs.indexOf(tokenAt(event)) + 1;
    if (rank > 0) choosePair(rank);
  });

  return {
    follow(newCell) {
      if (newCell === cell) return;
      cell = newCell;
      draw();
    },
    toggle() {
      if (!explained.of(cell)?.maps.length) return say(explained.absence(cell, "tokens"));
      isOn = !isOn;
      draw();
      didChange();
    },
  };
};
