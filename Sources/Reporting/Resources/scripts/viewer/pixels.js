// The pixels of pictures, where the browser lets the page read them: it does for pictures inside the page and for those
// of the same web server, and does not for files beside a page that was itself opened as a file.

const pixels = (() => {
  async function load(address) {
    const image = new Image();
    image.src = address;
    await image.decode();
    return image;
  }

  function draw(image, width = image.naturalWidth, height = image.naturalHeight) {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0, width, height);
    return canvas;
  }

  const isRefusal = (error) => error instanceof DOMException && error.name === "SecurityError";

  return {
    load,
    draw,
    isRefusal,
    /// How two pictures differ, in 8-bit levels; null where they may not be read or have unlike sizes.
    async compare(one, other) {
      const images = await Promise.all([load(one), load(other)]);
      const [first, second] = images.map((image) => draw(image));
      if (first.width !== second.width || first.height !== second.height) return null;
      try {
        const [a, b] = [first, second].map((canvas) =>
          canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data);
        let sum = 0;
        let squares = 0;
        let changed = 0;
        let largest = 0;
        for (let at = 0; at < a.length; at += 4) {
          const differences = [0, 1, 2].map((channel) => Math.abs(a[at + channel] - b[at + channel]));
          const most = Math.max(...differences);
          sum += differences[0] + differences[1] + differences[2];
          squares += differences[0] ** 2 + differences[1] ** 2 + differences[2] ** 2;
          if (most > 0) changed += 1;
          if (most > largest) largest = most;
        }
        const count = a.length / 4;
        return { mean: sum / (3 * count), root: Math.sqrt(squares / (3 * count)), changed: changed / count, largest };
      } catch (error) {
        if (isRefusal(error)) return null;
        throw error;
      }
    },
  };
})();
