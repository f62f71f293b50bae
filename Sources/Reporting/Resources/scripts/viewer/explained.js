// What was seen of pictures' making: an element a picture, read when it is first looked at.

const explained = (() => {
  const key = ({ p, s, r }) => JSON.stringify([p, s, r]);
  const elements = new Map([...document.querySelectorAll("script.explained")].map((element) => [key(element.dataset), element]));
  const read = new Map();
  const unpacked = new WeakMap();

  const view = (base64) => new DataView(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);

  return {
    /// `{ maps, previews }`, each by its moments; null where nothing was seen.
    of(cell) {
      const name = key(cells.name(cell));
      if (!elements.has(name)) return null;
      if (!read.has(name)) read.set(name, JSON.parse(elements.get(name).textContent));
      return read.get(name);
    },
    /// For every token of a map its destination, which is itself where it was kept and -1 where it has none, and its
    /// cosine similarity to it.
    unpack(map) {
      if (!unpacked.has(map)) {
        const count = map.width * map.height;
        const [places, cosines] = [view(map.destinations), view(map.similarities)];
        const isWide = places.byteLength === 4 * count;
        const [destinations, similarities] = [new Int32Array(count), new Float64Array(count)];
        for (let token = 0; token < count; token += 1) {
          const place = isWide ? places.getUint32(4 * token, true) : places.getUint16(2 * token, true);
          destinations[token] = place === (isWide ? 0xffffffff : 0xffff) ? -1 : place;
          similarities[token] = (cosines.getUint16(2 * token, true) / 65535) * 2 - 1;
        }
        unpacked.set(map, { destinations, similarities });
      }
      return unpacked.get(map);
    },
    name: ({ pass, step }) => `${pass} ${step}`,
    words: ({ pass, step, steps }) => `${pass > 1 ? "second pass, " : ""}step ${step} of ${steps}`,
    /// Why a key shows nothing.
    absence: (cell, what) => (cells.isBaseline(cell) && what === "tokens" ? "A baseline merges no tokens."
      : `No ${what} of this picture were kept: tome-eval explain makes chosen pictures again to see them.`),
  };
})();
