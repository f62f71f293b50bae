// The share of pictures that still look unchanged, by ratio: a survival curve, of marks that are all at one of the
// sheet's ratios or at none.

const drawSurvival = (host, curves) => {
  const namespace = document.querySelector("svg").namespaceURI;
  const [width, height, left, bottom, top] = [360, 170, 44, 138, 12];

  const svg = (name, attributes, text) => {
    const made = document.createElementNS(namespace, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const html = (name, text) => {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
  };

  function sentence({ count, ratios, shares, name }) {
    const pictures = `${count} row${count === 1 ? "" : "s"}`;
    const of = curves.length > 1 ? `${name}: of` : "Of";
    const half = shares.findIndex((share) => share <= 0.5);
    return half >= 0
      ? `${of} ${pictures} that you marked, half look changed from ${ratios[half]} on.`
      : `${of} ${pictures} that you marked, fewer than half look changed at any ratio.`;
  }

  function draw({ ratios, shares, count }) {
    const x = (at) => left + ((at + 1) / ratios.length) * (width - left - 12);
    const y = (share) => bottom - share * (bottom - top);
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "survival", role: "img",
      "aria-label": `Share of ${count} rows that look unchanged: ${ratios.map((ratio, at) => `${Math.round(100 * shares[at])} % at ${ratio}`).join(", ")}` });
    for (const share of [0, 0.5, 1]) {
      picture.append(svg("line", { class: share === 0.5 ? "half" : "grid", x1: left, x2: width - 12, y1: y(share), y2: y(share) }));
      picture.append(svg("text", { x: left - 6, y: y(share) + 4, "text-anchor": "end" }, `${100 * share} %`));
    }
    // Unchanged until the ratio at which a change was noticed.
    let path = `M${left} ${y(1)}`;
    for (const [at, share] of shares.entries()) path += `H${x(at).toFixed(1)}V${y(share).toFixed(1)}`;
    picture.append(svg("path", { class: "steps", d: path }));
    const every = Math.ceil(ratios.length / 8);
    for (const [at, ratio] of ratios.entries()) {
      if (at % every === 0) picture.append(svg("text", { x: x(at), y: bottom + 18, "text-anchor": "middle" }, ratio.length > 8 ? `${ratio.slice(0, 7)}…` : ratio));
    }
    return picture;
  }

  const none = "Nothing marked yet. In the viewer, go through the ratios of a row with → or the slider, and press n at the first that looks changed, N where none does.";
  host.replaceChildren(...(curves.length === 0 ? [html("p", none)]
    : curves.flatMap((curve) => [html("p", sentence(curve)), draw(curve)])));
};
