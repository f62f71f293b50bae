// The colours of a difference that the page makes itself, by the same scale as the heat maps beside it.

const fillHeatFilter = (dialog) => {
  const stops = [...dialog.querySelectorAll("#heat stop")].map((stop) => stop.getAttribute("stop-color"));
  const functions = [...dialog.querySelectorAll("#heat-map :is(feFuncR, feFuncG, feFuncB)")];
  const tables = functions.map(() => []);
  // A step for every level of 8 bits.
  for (let level = 0; level <= 255; level += 1) {
    const colour = stops[Math.round(Math.sqrt(level / 255) * (stops.length - 1))];
    for (const [channel, table] of tables.entries()) {
      table.push((Number.parseInt(colour.slice(1 + 2 * channel, 3 + 2 * channel), 16) / 255).toFixed(4));
    }
  }
  for (const [channel, element] of functions.entries()) {
    element.setAttribute("tableValues", tables[channel].join(" "));
  }
};
