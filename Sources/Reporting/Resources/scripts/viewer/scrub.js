// One slider through all ratios of a row, in place, over what changes along it: the CLIP score and the likeness.

const makeScrub = (dialog, show) => {
  const line = dialog.querySelector(".scrub-line");
  const range = line.querySelector(".scrub-range");
  const curves = line.querySelector(".curves");
  const words = line.querySelector(".scrub-values");
  // The middle of a slider's thumb does not reach its ends.
  const inset = 8;
  let series = [];
  let at = 0;

  const element = (name, attributes) => {
    const made = document.createElementNS(curves.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  const measures = [
    { name: "Δ CLIP", kind: "change", decimals: 2, isSigned: true, of: (cell) => cells.number(cell, "change") },
    { name: "1 − SSIM", kind: "loss", decimals: 4, of: (cell) => {
      const ssim = cells.number(cell, "ssim");
      return ssim === undefined ? undefined : 1 - ssim;
    } },
  ];

  /// The baseline does not differ from itself.
  const value = (measure, cell) => (cells.isBaseline(cell) ? 0 : measure.of(cell));

  function text(measure, number) {
    if (number === undefined) return `${measure.name} –`;
    const sign = number < 0 ? "−" : measure.isSigned && number > 0 ? "+" : "";
    return `${measure.name} ${sign}${Math.abs(number).toFixed(measure.decimals)}`;
  }

  function draw() {
    const width = Math.max(line.clientWidth, 2 * inset + 1);
    const x = (index) => inset + (series.length > 1 ? (index / (series.length - 1)) * (width - 2 * inset) : 0);
    const height = curves.clientHeight || 40;
    curves.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const parts = [element("line", { class: "here", x1: x(at), x2: x(at), y1: 0, y2: height })];
    for (const measure of measures) {
      const numbers = series.map((cell) => value(measure, cell));
      const known = numbers.filter((number) => number !== undefined);
      const most = Math.max(...known.map(Math.abs));
      if (known.length < 2 || !(most > 0)) continue;
      // Changes about the middle, losses from the ground: both on a scale of their own.
      const y = (number) => (measure.isSigned ? height / 2 - (number / most) * (height / 2 - 4) : height - 4 - (number / most) * (height - 8));
      if (measure.isSigned) parts.unshift(element("line", { class: "level", x1: inset, x2: width - inset, y1: y(0), y2: y(0) }));
      const points = numbers.map((number, index) => (number === undefined ? null : [x(index), y(number)]));
      parts.push(element("polyline", { class: measure.kind, points: points.filter(Boolean).map((point) => point.map((v) => v.toFixed(1)).join()).join(" ") }));
      const here = points[at];
      if (here) parts.push(element("circle", { class: measure.kind, cx: here[0], cy: here[1], r: 3.5 }));
    }
    curves.replaceChildren(...parts);
    words.replaceChildren(...measures.map((measure) => {
      const part = document.createElement("span");
      part.className = measure.kind;
      part.textContent = text(measure, value(measure, series[at]));
      return part;
    }));
  }

  range.addEventListener("input", () => show(series[Number(range.value)]));
  addEventListener("resize", () => dialog.open && draw());

  return {
    /// The slider's and the curves' place follows the picture, however it was chosen.
    follow(row, cell) {
      series = cells.series(row, cell);
      at = Math.max(series.indexOf(cell), 0);
      range.max = Math.max(series.length - 1, 0);
      range.value = at;
      range.disabled = series.length < 2;
      range.setAttribute("aria-valuetext", cell.dataset.heading);
      draw();
    },
  };
};
